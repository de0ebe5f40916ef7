import type { Quantization } from '../../core/index.js';
import type { Requantization } from '../../ops/index.js';
import type { GoldenVector, VectorArray } from './capture.js';
import { operatorName, snakeCase } from './names.js';
import { FIXED_POINT, FRACTION_BITS } from './requant-card.js';

/** A file that belongs to an array, or to a whole operator. */
export interface FileRecord {
  /** Path in the directory, with `/`. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where the vectors come from. */
export interface Origin {
  /** Version of QPANN. */
  readonly qpann: string;
  /** File names without folders, so that the same command gives the same bytes anywhere. */
  readonly model: { readonly file: string; readonly sha256: string };
  readonly [other: string]: unknown;
}

/** What the files and numbers mean, in words. */
const CONVENTIONS = {
  order: 'row-major: the last dimension varies fastest; layout names the dimensions where the operator does',
  hex: 'for $readmemh: one element per line in that order, two digits per byte of the dtype, two’s complement (IEEE 754 bits for float32)',
  real: 'real = scale × (q − zero_point); quantization.axis is the dimension of several scales',
  rescale:
    'x × multiplier / 2^fraction_bits × 2^shift, rounded as numerics say; where rescaling is float64, x × factor in double, halves away from zero',
  before_clamp: 'rescaled, output_zero_point added; values beyond int32 are saturated',
};

/**
 * `manifest.json`: what was recorded, with every number that a port of the kernels needs.
 * @param filesOf the files of an operator by the role of the array that they hold; `''` for those of the whole operator
 */
export function vectorsManifest(
  origin: Origin,
  vectors: readonly GoldenVector[],
  filesOf: (vector: GoldenVector) => ReadonlyMap<string, readonly FileRecord[]>,
  files: readonly FileRecord[],
): string {
  const operators = vectors.map((vector) => operatorEntry(vector, filesOf(vector)));
  const manifest = { schema: 'qpann.vectors/1', ...origin, conventions: CONVENTIONS, operators, files };
  return `${onOneLine(JSON.stringify(manifest, null, 2))}\n`;
}

/** Lists of numbers take one line each. (No text in JSON contains a line feed, so only lists match.) */
const onOneLine = (json: string): string =>
  json.replaceAll(/\[\n[-+.,\deE\s]*\]/g, (list) =>
    list.replaceAll(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );

function operatorEntry(vector: GoldenVector, files: ReadonlyMap<string, readonly FileRecord[]>) {
  const { node, site, geometry, requantization, arrays } = vector;
  return {
    ...operatorName(node),
    op: node.op,
    attributes: snakeKeys(plainValues(node.attributes)),
    geometry: snakeKeys(geometry),
    ...(requantization && {
      numerics: snakeKeys({ ...site.numerics }),
      requantization: requantizationEntry(requantization),
    }),
    arrays: arrays.map((array) => arrayEntry(array, files.get(array.role) ?? [])),
    files: files.get('') ?? [],
  };
}

function requantizationEntry(facts: Requantization) {
  const { accumulator, rescales, weightZeroPoints, constants } = facts;
  return {
    ...(accumulator !== undefined && { accumulator }),
    rescaling: facts.rescaling ?? FIXED_POINT,
    rescales: Object.fromEntries(
      Object.entries(rescales).map(([name, values]) => {
        const channels = [values].flat();
        const entry = {
          factors: channels.map(({ factor }) => factor),
          multipliers: channels.map(({ multiplier }) => multiplier),
          shifts: channels.map(({ shift }) => shift),
          fraction_bits: channels[0]?.fractionBits ?? FRACTION_BITS,
        };
        return [snakeCase(name), entry];
      }),
    ),
    input_zero_points: facts.inputZeroPoints,
    ...(weightZeroPoints && { weight_zero_points: weightZeroPoints }),
    output_zero_point: facts.outputZeroPoint,
    clamp: facts.clamp,
    ...(constants && { constants: snakeKeys(constants) }),
  };
}

const arrayEntry = (
  { role, tensor, dtype, shape, layout, quantization }: VectorArray,
  files: readonly FileRecord[],
) => ({
  role,
  ...(tensor !== undefined && { tensor }),
  dtype,
  shape,
  ...(layout !== undefined && { layout }),
  ...(quantization && { quantization: quantizationEntry(quantization) }),
  files,
});

const quantizationEntry = ({ scales, zeroPoints, axis, bits, signed }: Quantization) => ({
  scales,
  zero_points: zeroPoints,
  axis,
  bits,
  signed,
});

/** Attributes that are numbers, truth values, texts or lists of them; a custom layer has others. */
const plainValues = (attributes: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => isPlain(value)));

const isPlain = (value: unknown): boolean =>
  Array.isArray(value) ? value.every(isPlain) : value === null || PLAIN.includes(typeof value);

const PLAIN = ['number', 'boolean', 'string'];

const snakeKeys = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [snakeCase(key), value]));
