export * from './keras/index.js';
