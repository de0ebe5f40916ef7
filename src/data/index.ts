export { cellText, parseCsv } from '../formats/csv.js';
export { decodeNpy, encodeNpy, type NpyArray } from '../formats/npy.js';
export { centerCrop, centerOf } from './crop.js';
export {
  chooseCalibration,
  type ImageIndices,
  type LoadSample,
  listImages,
  loadSample,
  openSamples,
  type SampleOptions,
  selectImages,
} from './dataset.js';
export { decodeImage, readImage } from './decode-image.js';
export type { DecodeOptions, JpegDecoder } from './decode-jpeg.js';
export { type ImagePart, type RgbImage, wholeOf } from './image.js';
export { cacheFolder, trimCache } from './image-cache.js';
export { type LabelRules, parseLabelNames, parseLabels, readLabelNames, readLabels } from './labels.js';
export {
  type ExplicitNormalization,
  type Normalization,
  type PreprocessOptions,
  preprocess,
} from './preprocess.js';
export { type Passes, type Resample, type ResizeFilter, resize, resizePart, type Taps } from './resize.js';
export { thumbnail } from './thumbnail.js';
