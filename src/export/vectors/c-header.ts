import type { DType } from '../../core/index.js';
import type { Requantization, Rescale } from '../../ops/index.js';
import type { GoldenVector, VectorArray } from './capture.js';
import { operatorName, snakeCase } from './names.js';
import { FRACTION_BITS } from './requant-card.js';

const C_TYPES: Readonly<Record<DType, string>> = {
  float32: 'float',
  int8: 'int8_t',
  uint8: 'uint8_t',
  int16: 'int16_t',
  int32: 'int32_t',
  int64: 'int64_t',
};

/**
 * One golden vector as a C header: sizes, zero points and the clamp as enumeration constants, rescales and tensors as arrays.
 * Every name is written `QPANN(name)`, so that a program chooses the prefix and may include several vectors.
 * @param model file name of the model, for the comment
 */
export function cHeader(vector: GoldenVector, model: string): string {
  const { node, site, requantization, arrays } = vector;
  const { index, name, class: className } = operatorName(node);
  const constants = constantsOf(vector).map(([key, value]) => `  QPANN(${snakeCase(key)}) = ${value},`);
  const lines = [
    `/* Golden vector by QPANN: ${comment(`${model}, operator ${index ?? '-'} ${name} (${className})`)}.`,
    ' * Arrays are row-major, the last dimension fastest. Names begin with qpann_, or as QPANN(name) says if it is defined. */',
    '#include <math.h>',
    '#include <stdint.h>',
    '',
    '#ifndef QPANN',
    '#define QPANN(name) qpann_##name',
    '#endif',
    '',
    'enum {',
    ...constants,
    '};',
    ...attributesOf(site).flatMap(([key, value]) => attributeLines(`attribute_${snakeCase(key)}`, value)),
    ...(requantization ? requantizationLines(requantization) : []),
    ...arrays.flatMap(arrayLines),
    ...(needsBias(arrays) ? ['', 'static const int32_t *const QPANN(bias) = 0;'] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const attributesOf = ({ attributes }: GoldenVector['site']): [string, unknown][] =>
  Object.entries(attributes as object);

/** Whole numbers of a vector. One enumeration holds them: a compiler warns when constants of two are compared. */
function constantsOf({ site, geometry, requantization: facts, arrays }: GoldenVector): [string, number][] {
  const attributes = attributesOf(site).map(([key, value]) => [
    `attribute_${key}`,
    typeof value === 'boolean' ? Number(value) : value,
  ]);
  const constants = [
    ...attributes,
    ...Object.entries(geometry),
    ...(facts
      ? [
          ['accumulator_bits', facts.accumulator && (facts.accumulator === 'int32' ? 32 : 64)],
          ['rescaling_float64', Number(facts.rescaling === 'float64')],
          ['rounding_nearest', Number(site.numerics.rounding === 'nearest')],
          ['output_zero_point', facts.outputZeroPoint],
          ['clamp_min', facts.clamp.min],
          ['clamp_max', facts.clamp.max],
          ...Object.entries(facts.constants ?? {}),
          ...Object.entries(facts.rescales).map(([name, values]) => [
            `${name}_fraction_bits`,
            [values].flat()[0]?.fractionBits ?? FRACTION_BITS,
          ]),
        ]
      : []),
    ...arrays.map(({ role, data }) => [`${role}_count`, data.length]),
    ...(arrays.some(({ role }) => role === 'weights') ? [['has_bias', Number(!needsBias(arrays))]] : []),
  ];
  return constants.filter((entry): entry is [string, number] => isInt(entry[1]));
}

/** Attributes that are fractions or lists of numbers; texts become comments. Whole numbers are constants. */
function attributeLines(name: string, value: unknown): string[] {
  if (typeof value === 'string') return [`/* ${name}: ${comment(value)} */`];
  if (typeof value === 'number' && !isInt(value)) return array(name, 'double', [value]);
  const numbers: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [];
  return numbers.every(isInt) ? array(name, 'int32_t', numbers) : [];
}

function requantizationLines({ rescales, inputZeroPoints, weightZeroPoints }: Requantization): string[] {
  const rescaleLines = (name: string, channels: readonly Rescale[]): string[] => {
    const factors = channels.map(({ factor }) => factor);
    const multipliers = channels.map(({ multiplier }) => multiplier);
    const shifts = channels.map(({ shift }) => shift);
    return [
      ...array(`${name}_factor`, 'double', factors),
      ...array(`${name}_multiplier`, 'int32_t', multipliers),
      ...array(`${name}_shift`, 'int32_t', shifts),
    ];
  };
  return [
    ...array('input_zero_point', 'int32_t', inputZeroPoints),
    ...array('weight_zero_point', 'int32_t', weightZeroPoints ?? []),
    ...Object.entries(rescales).flatMap(([key, values]) => rescaleLines(snakeCase(key), [values].flat())),
  ];
}

function arrayLines({ role, tensor, dtype, shape, layout, quantization, data }: VectorArray): string[] {
  const what = [role, shape.join('x'), layout ?? '', tensor ?? ''].filter((word) => word !== '').join(' ');
  return [
    '',
    `/* ${comment(what)} */`,
    ...array(`${role}_scale`, 'double', quantization?.scales ?? []),
    ...array(role, C_TYPES[dtype], data),
  ];
}

/** Whether a null pointer must stand for the bias, so that programs for operators with weights compile. */
const needsBias = (arrays: readonly VectorArray[]): boolean =>
  arrays.some(({ role }) => role === 'weights') && !arrays.some(({ role }) => role === 'bias');

const isInt = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;

const PER_LINE = 20;

/** The definition of an array; nothing for an empty one, which C does not know. */
function array(name: string, type: string, data: ArrayLike<number | bigint>): string[] {
  if (data.length === 0) return [];
  const rows: string[] = [];
  for (let start = 0; start < data.length; start += PER_LINE) {
    const length = Math.min(PER_LINE, data.length - start);
    rows.push(Array.from({ length }, (_, i) => literal(type, data[start + i]!)).join(', '));
  }
  const values = rows.length === 1 ? rows[0]! : `\n${rows.join(',\n')}\n`;
  return [`static const ${type} QPANN(${name})[${data.length}] = {${values}};`];
}

function literal(type: string, value: number | bigint): string {
  if (type === 'int64_t') return `INT64_C(${value})`;
  if (type !== 'float' && type !== 'double') return String(value);
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return Number(value) < 0 ? '-INFINITY' : 'INFINITY';
  const text = Object.is(value, -0) ? '-0' : String(value);
  return `${/[.e]/.test(text) ? text : `${text}.0`}${type === 'float' ? 'f' : ''}`;
}

/** Text that neither ends a comment nor makes a compiler warn. */
const comment = (text: string): string => text.replaceAll(/[^A-Za-z0-9 _.:;,()+=-]/g, '_');
