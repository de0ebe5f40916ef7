export * from './c-header.js';
export * from './capture.js';
export * from './files.js';
export * from './hex.js';
export * from './manifest.js';
export * from './names.js';
export * from './requant-card.js';
