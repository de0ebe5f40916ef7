export { importKeras, type KerasImportOptions, type KerasModel } from './import-keras.js';
