import { allocate, quantizedValues, type Tensor } from '../../../core/index.js';
import { type Encode, integers, pairs, versionFor } from '../encode.js';

const padVersion = (input: Tensor): number =>
  input.shape.length > 4 ? 4 : versionFor(input, { int8: 2, int16: 3 });

export const pad: Encode<'pad'> = ({ attributes, inputs: [input], outputs: [output] }) => {
  const { paddings, value = 0 } = attributes;
  const inputs = [input!, pairs(output!, 'paddings', paddings)];
  const version = padVersion(input!);
  if (value === 0) return { builtin: 'PAD', version, inputs };
  const { dtype, quantization } = output!;
  const data =
    quantization === undefined ? allocate(dtype, 1) : quantizedValues(output!, Float32Array.of(value));
  if (quantization === undefined) data[0] = dtype === 'int64' ? BigInt(value) : value;
  const border = {
    name: `${output!.name}/value`,
    shape: [],
    dtype,
    data,
    ...(quantization && { quantization }),
  };
  return { builtin: 'PADV2', version, inputs: [...inputs, border] };
};

export const mirrorPad: Encode<'mirror_pad'> = ({ attributes, inputs: [input], outputs: [output] }) => ({
  builtin: 'MIRROR_PAD',
  version: versionFor(input!, { int8: 2, int16: 3 }),
  options: { kind: 'MirrorPadOptions', values: { mode: attributes.mode === 'reflect' ? 0 : 1 } },
  inputs: [input!, pairs(output!, 'paddings', attributes.paddings)],
});

const blockVersion = (input: Tensor): number =>
  input.dtype === 'int16' ? 4 : input.shape.length !== 4 ? 3 : versionFor(input, { int8: 2 });

export const spaceToBatchNd: Encode<'space_to_batch_nd'> = ({
  attributes: { blockShape, paddings },
  inputs: [input],
  outputs: [output],
}) => ({
  builtin: 'SPACE_TO_BATCH_ND',
  version: blockVersion(input!),
  inputs: [input!, integers(output!, 'block_shape', blockShape), pairs(output!, 'paddings', paddings)],
});

export const batchToSpaceNd: Encode<'batch_to_space_nd'> = ({
  attributes: { blockShape, crops },
  inputs: [input],
  outputs: [output],
}) => ({
  builtin: 'BATCH_TO_SPACE_ND',
  version: blockVersion(input!),
  inputs: [input!, integers(output!, 'block_shape', blockShape), pairs(output!, 'crops', crops)],
});

export const depthToSpace: Encode<'depth_to_space'> = ({ attributes: { blockSize }, inputs: [input] }) => ({
  builtin: 'DEPTH_TO_SPACE',
  version: versionFor(input!, { int8: 2 }),
  options: { kind: 'DepthToSpaceOptions', values: { blockSize } },
});

export const spaceToDepth: Encode<'space_to_depth'> = ({ attributes: { blockSize }, inputs: [input] }) => ({
  builtin: 'SPACE_TO_DEPTH',
  version: versionFor(input!, { int8: 2 }),
  options: { kind: 'SpaceToDepthOptions', values: { blockSize } },
});

export const transpose: Encode<'transpose'> = ({
  attributes: { permutation },
  inputs: [input],
  outputs: [output],
}) => {
  const rank = input!.shape.length;
  return {
    builtin: 'TRANSPOSE',
    version: rank > 5 ? 6 : input!.dtype === 'int16' ? 5 : rank > 4 ? 4 : versionFor(input!, { int8: 2 }),
    inputs: [input!, integers(output!, 'permutation', permutation)],
  };
};

export const reshape: Encode<'reshape'> = ({
  attributes: { shape },
  inputs: [input],
  outputs: [output],
}) => ({
  builtin: 'RESHAPE',
  version: 1,
  inputs: [input!, integers(output!, 'shape', shape)],
});

export const concatenation: Encode<'concatenation'> = ({ attributes: { axis }, inputs: [input] }) => ({
  builtin: 'CONCATENATION',
  version: versionFor(input!, { int8: 2, int16: 3 }),
  options: { kind: 'ConcatenationOptions', values: { axis } },
});

export const gather: Encode<'gather'> = ({ attributes: { axis, batchDims }, inputs: [input] }) => ({
  builtin: 'GATHER',
  version: batchDims !== 0 ? 5 : versionFor(input!, { int8: 2, int16: 4 }),
  options: { kind: 'GatherOptions', values: { axis, batchDims } },
});

export const slice: Encode<'slice'> = ({ attributes, inputs: [input], outputs: [output] }) => {
  const { begin, size, strides } = attributes;
  const first = integers(output!, 'begin', begin);
  if (strides === undefined) {
    const version = input!.shape.length > 4 ? 5 : versionFor(input!, { int8: 2, int16: 4 });
    return { builtin: 'SLICE', version, inputs: [input!, first, integers(output!, 'size', size)] };
  }
  const end = begin.map((index, d) => index + size[d]! * strides[d]!);
  // A negative end would count from the other end of the dimension.
  const endMask = end.reduce((mask, index, d) => (index < 0 ? mask | (1 << d) : mask), 0);
  return {
    builtin: 'STRIDED_SLICE',
    version: input!.shape.length > 4 ? 4 : versionFor(input!, { int8: 2 }),
    options: { kind: 'StridedSliceOptions', values: { endMask } },
    inputs: [input!, first, integers(output!, 'end', end), integers(output!, 'strides', strides)],
  };
};
