import { serve } from '../eval/worker-task.js';
import { openSearch } from './blocks.js';

/** Runs one block of images. */
export const runBlock = serve(openSearch);
