export { importTflite, type TfliteImportOptions, type TfliteModel } from './import-tflite.js';
