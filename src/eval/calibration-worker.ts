import { openCalibrationBlocks } from './calibration-blocks.js';
import { serve } from './worker-task.js';

/** Runs one block of calibration samples. */
export const runBlock = serve(openCalibrationBlocks);
