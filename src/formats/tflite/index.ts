export { BUILTINS, builtinName, CUSTOM_CODE } from './builtins.js';
export { fieldsOf, OPTIONS, type Options, type OptionsKind } from './options.js';
export { ELEMENT_TYPES, FUSED_ACTIVATIONS, PADDINGS } from './types.js';
