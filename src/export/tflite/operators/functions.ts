import { type Encode, versionFor } from '../encode.js';

export const abs: Encode<'abs'> = ({ inputs }) => ({
  builtin: 'ABS',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
  options: { kind: 'AbsOptions', values: {} },
});

export const elu: Encode<'elu'> = ({ attributes: { alpha }, fail }) =>
  alpha === 1 ? { builtin: 'ELU', version: 1 } : fail(`TensorFlow Lite has no ELU with alpha ${alpha}`);

export const exp: Encode<'exp'> = ({ inputs }) => ({
  builtin: 'EXP',
  version: versionFor(inputs[0]!, { int8: 2, int16: 2 }),
  options: { kind: 'ExpOptions', values: {} },
});

export const neg: Encode<'neg'> = () => ({
  builtin: 'NEG',
  version: 1,
  options: { kind: 'NegOptions', values: {} },
});

export const rsqrt: Encode<'rsqrt'> = ({ inputs }) => ({
  builtin: 'RSQRT',
  version: versionFor(inputs[0]!, { int8: 2, int16: 3 }),
});

export const sqrt: Encode<'sqrt'> = () => ({ builtin: 'SQRT', version: 1 });
