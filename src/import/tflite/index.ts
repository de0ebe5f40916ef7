export { importTflite, type TfliteModel } from './import-tflite.js';
