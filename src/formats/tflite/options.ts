/** A field of a table of options: its id in the schema, its type, and the value of a file that leaves it out. */
type Field =
  | { readonly id: number; readonly type: 'int8' | 'int32' | 'float32'; readonly fallback: number }
  | { readonly id: number; readonly type: 'bool'; readonly fallback: boolean }
  | { readonly id: number; readonly type: 'int32s'; readonly fallback: readonly number[] };

const int8 = (id: number) => ({ id, type: 'int8', fallback: 0 as number }) as const;
const int32 = (id: number, fallback = 0) => ({ id, type: 'int32', fallback }) as const;
const float32 = (id: number) => ({ id, type: 'float32', fallback: 0 as number }) as const;
const bool = (id: number, fallback = false) => ({ id, type: 'bool', fallback }) as const;
const int32s = (id: number) => ({ id, type: 'int32s', fallback: [] as readonly number[] }) as const;

/** The tables of options that QPANN reads and writes: their codes and fields in schema v3 of TensorFlow 2.15. */
export const OPTIONS = {
  Conv2DOptions: {
    code: 1,
    fields: {
      padding: int8(0),
      strideW: int32(1),
      strideH: int32(2),
      fusedActivation: int8(3),
      dilationW: int32(4, 1),
      dilationH: int32(5, 1),
      quantizedBiasType: int8(6),
    },
  },
  DepthwiseConv2DOptions: {
    code: 2,
    fields: {
      padding: int8(0),
      strideW: int32(1),
      strideH: int32(2),
      depthMultiplier: int32(3),
      fusedActivation: int8(4),
      dilationW: int32(5, 1),
      dilationH: int32(6, 1),
    },
  },
  Pool2DOptions: {
    code: 5,
    fields: {
      padding: int8(0),
      strideW: int32(1),
      strideH: int32(2),
      filterW: int32(3),
      filterH: int32(4),
      fusedActivation: int8(5),
    },
  },
  FullyConnectedOptions: {
    code: 8,
    fields: {
      fusedActivation: int8(0),
      weightsFormat: int8(1),
      keepNumDims: bool(2),
      quantizedBiasType: int8(4),
    },
  },
  SoftmaxOptions: { code: 9, fields: { beta: float32(0) } },
  ConcatenationOptions: { code: 10, fields: { axis: int32(0), fusedActivation: int8(1) } },
  AddOptions: { code: 11, fields: { fusedActivation: int8(0), potScaleInt16: bool(1, true) } },
  L2NormOptions: { code: 12, fields: { fusedActivation: int8(0) } },
  ResizeBilinearOptions: { code: 15, fields: { alignCorners: bool(2), halfPixelCenters: bool(3) } },
  ReshapeOptions: { code: 17, fields: { newShape: int32s(0) } },
  SpaceToDepthOptions: { code: 19, fields: { blockSize: int32(0) } },
  MulOptions: { code: 21, fields: { fusedActivation: int8(0) } },
  PadOptions: { code: 22, fields: {} },
  GatherOptions: { code: 23, fields: { axis: int32(0), batchDims: int32(1) } },
  BatchToSpaceNDOptions: { code: 24, fields: {} },
  SpaceToBatchNDOptions: { code: 25, fields: {} },
  TransposeOptions: { code: 26, fields: {} },
  ReducerOptions: { code: 27, fields: { keepDims: bool(0) } },
  SubOptions: { code: 28, fields: { fusedActivation: int8(0), potScaleInt16: bool(1, true) } },
  DivOptions: { code: 29, fields: { fusedActivation: int8(0) } },
  SqueezeOptions: { code: 30, fields: { squeezeDims: int32s(0) } },
  StridedSliceOptions: {
    code: 32,
    fields: {
      beginMask: int32(0),
      endMask: int32(1),
      ellipsisMask: int32(2),
      newAxisMask: int32(3),
      shrinkAxisMask: int32(4),
      offset: bool(5),
    },
  },
  ExpOptions: { code: 33, fields: {} },
  SplitOptions: { code: 35, fields: { numSplits: int32(0) } },
  LogSoftmaxOptions: { code: 36, fields: {} },
  CastOptions: { code: 37, fields: { inDataType: int8(0), outDataType: int8(1) } },
  DequantizeOptions: { code: 38, fields: {} },
  MaximumMinimumOptions: { code: 39, fields: {} },
  ArgMaxOptions: { code: 40, fields: { outputType: int8(0) } },
  NegOptions: { code: 42, fields: {} },
  PadV2Options: { code: 43, fields: {} },
  SliceOptions: { code: 48, fields: {} },
  TransposeConvOptions: {
    code: 49,
    fields: {
      padding: int8(0),
      strideW: int32(1),
      strideH: int32(2),
      fusedActivation: int8(3),
      quantizedBiasType: int8(4),
    },
  },
  ExpandDimsOptions: { code: 52, fields: {} },
  ShapeOptions: { code: 55, fields: { outType: int8(0) } },
  PackOptions: { code: 59, fields: { valuesCount: int32(0), axis: int32(1) } },
  UnpackOptions: { code: 64, fields: { num: int32(0), axis: int32(1) } },
  ResizeNearestNeighborOptions: { code: 74, fields: { alignCorners: bool(0), halfPixelCenters: bool(1) } },
  LeakyReluOptions: { code: 75, fields: { alpha: float32(0) } },
  SquaredDifferenceOptions: { code: 76, fields: {} },
  MirrorPadOptions: { code: 77, fields: { mode: int8(0) } },
  AbsOptions: { code: 78, fields: {} },
  SplitVOptions: { code: 79, fields: { numSplits: int32(0) } },
  QuantizeOptions: { code: 89, fields: {} },
  HardSwishOptions: { code: 91, fields: {} },
  DepthToSpaceOptions: { code: 94, fields: { blockSize: int32(0) } },
} as const satisfies Readonly<
  Record<string, { readonly code: number; readonly fields: Readonly<Record<string, Field>> }>
>;

/** A table of options, by its name in the schema. */
export type OptionsKind = keyof typeof OPTIONS;

type Fields<K extends OptionsKind> = (typeof OPTIONS)[K]['fields'];

/** The values of a table of options. */
export type Options<K extends OptionsKind> = {
  readonly [F in keyof Fields<K>]: Fields<K>[F] extends { readonly fallback: infer V } ? Widened<V> : never;
};

type Widened<V> = V extends boolean ? boolean : V extends number ? number : V;

/** The fields of a table of options, by name. */
export const fieldsOf = (kind: OptionsKind): Readonly<Record<string, Field>> => OPTIONS[kind].fields;
