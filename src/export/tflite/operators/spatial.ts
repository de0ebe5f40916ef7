import { sameQuantization } from '../../../core/index.js';
import {
  activationCode,
  type Encode,
  type Encoded,
  integers,
  paddingCode,
  typeCode,
  versionFor,
} from '../encode.js';

const poolOptions = ({
  attributes: { padding, strides, filter, activation },
}: Parameters<Encode<'average_pool_2d'>>[0]) =>
  ({
    kind: 'Pool2DOptions',
    values: {
      padding: paddingCode(padding),
      strideH: strides[0],
      strideW: strides[1],
      filterH: filter[0],
      filterW: filter[1],
      fusedActivation: activationCode(activation),
    },
  }) as const;

export const averagePool2d: Encode<'average_pool_2d'> = (context) => ({
  builtin: 'AVERAGE_POOL_2D',
  version: versionFor(context.inputs[0]!, { int8: 2, int16: 3 }),
  options: poolOptions(context),
});

export const maxPool2d: Encode<'max_pool_2d'> = (context) => ({
  builtin: 'MAX_POOL_2D',
  version: versionFor(context.inputs[0]!, { int8: 2, int16: 3 }),
  options: poolOptions(context),
});

/** A reduction over whole dimensions. */
const reduction = (
  builtin: string,
  { attributes: { axes, keepDims }, inputs: [input], outputs: [output] }: Parameters<Encode<'mean'>>[0],
  versions: Parameters<typeof versionFor>[1] = { int8: 2, int16: 3 },
): Encoded => ({
  builtin,
  version: versionFor(input!, versions),
  options: { kind: 'ReducerOptions', values: { keepDims } },
  inputs: [input!, integers(output!, 'axes', axes)],
});

export const mean: Encode<'mean'> = (context) => reduction('MEAN', context);
export const reduceMax: Encode<'reduce_max'> = (context) => reduction('REDUCE_MAX', context);
export const reduceProd: Encode<'reduce_prod'> = (context) => reduction('REDUCE_PROD', context);
export const sum: Encode<'sum'> = (context) => {
  const { inputs, outputs, fail } = context;
  const [input, output] = [inputs[0]!, outputs[0]!];
  if (input.dtype === 'int16' && !sameQuantization(input.quantization, output.quantization))
    fail(`${output.name} needs the quantization of ${input.name}, since int16 sums are not rescaled`);
  return reduction('SUM', context, { int8: 2 });
};

export const argMax: Encode<'arg_max'> = ({ attributes: { axis }, inputs: [input], outputs: [output] }) => ({
  builtin: 'ARG_MAX',
  version: versionFor(input!, { int8: 2 }),
  options: { kind: 'ArgMaxOptions', values: { outputType: typeCode(output!.dtype) } },
  inputs: [input!, integers(output!, 'axis', [axis], [])],
});

/** An image of another size. */
const resizeOptions = ({
  attributes: { alignCorners, halfPixelCenters },
}: Parameters<Encode<'resize_bilinear'>>[0]) => ({ alignCorners, halfPixelCenters });

const resizeInputs = ({
  attributes: { size },
  inputs: [input],
  outputs: [output],
}: Parameters<Encode<'resize_bilinear'>>[0]) => [input!, integers(output!, 'size', size)];

export const resizeBilinear: Encode<'resize_bilinear'> = (context) => ({
  builtin: 'RESIZE_BILINEAR',
  version: context.attributes.halfPixelCenters ? 3 : versionFor(context.inputs[0]!, { int8: 2 }),
  options: { kind: 'ResizeBilinearOptions', values: resizeOptions(context) },
  inputs: resizeInputs(context),
});

export const resizeNearestNeighbor: Encode<'resize_nearest_neighbor'> = (context) => ({
  builtin: 'RESIZE_NEAREST_NEIGHBOR',
  version:
    context.attributes.halfPixelCenters || context.attributes.alignCorners
      ? 3
      : versionFor(context.inputs[0]!, { int8: 2 }),
  options: { kind: 'ResizeNearestNeighborOptions', values: resizeOptions(context) },
  inputs: resizeInputs(context),
});
