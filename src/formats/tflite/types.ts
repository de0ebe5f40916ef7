/** Names of the element types of the schema, in the order of their codes. */
export const ELEMENT_TYPES = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
] as const;

/** ActivationFunctionType of the schema, in the order of its codes. */
export const FUSED_ACTIVATIONS = ['none', 'relu', 'relu_n1_to_1', 'relu6', 'tanh', 'sign_bit'] as const;

/** Padding of the schema, in the order of its codes. */
export const PADDINGS = ['same', 'valid'] as const;
