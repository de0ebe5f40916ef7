export * from './blocks.js';
export * from './evaluate.js';
export * from './layer-settings.js';
export * from './network.js';
export * from './sweep.js';
export * from './unite.js';
export * from './vary.js';
