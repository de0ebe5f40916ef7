export * from './keras/index.js';
export * from './tflite/index.js';
