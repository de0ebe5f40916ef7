import { openBlocks } from './blocks.js';
import { serve } from './worker-task.js';

/** Runs one block of images. */
export const runBlock = serve(openBlocks);
