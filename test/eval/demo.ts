import { fileURLToPath } from 'node:url';
import type { NetworkConfig } from '../../src/eval/index.js';

const fixture = (path: string): string => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));

/** The demo, calibrated on three images. */
export const demoConfig: NetworkConfig = {
  model_file: fixture('demo/model.h5'),
  input_shape: null,
  image_indices: null,
  index_base: 0,
  validation_samples: fixture('demo/images'),
  validation_labels: fixture('demo/labels.txt'),
  label_offset: 0,
  label_names: null,
  calibration_samples: null,
  calibration_batch_size: 3,
  calibration_indices: null,
  calibrator: 'minmax',
  percentile: null,
  calibrator_bits: null,
  averaging_constant: null,
  preprocess: { resize: 'bilinear', crop_fraction: null, mode: 'tf' },
  tflite_file: null,
  seed: 1,
};
