export * from './tflite/index.js';
export * from './vectors/index.js';
