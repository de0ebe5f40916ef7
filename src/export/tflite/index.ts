export { exportTflite } from './export-tflite.js';
