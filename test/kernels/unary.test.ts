import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  anyFloats,
  countOf,
  floats,
  forRandomNumbers,
  integers,
  type NodeCase,
  nodeCase,
  oneOf,
  quantization,
  tensor,
  upTo,
} from './layers.js';

const FLOAT_OPERATORS = [
  'abs',
  'elu',
  'exp',
  'hard_swish',
  'logistic',
  'neg',
  'relu',
  'rsqrt',
  'sqrt',
  'tanh',
] as const;
const INTEGER_OPERATORS = ['abs', 'elu', 'exp', 'hard_swish', 'logistic', 'relu', 'tanh'] as const;

type Unary = (typeof FLOAT_OPERATORS)[number];

/** Attributes of the operators that have some. */
function attributesOf(op: Unary, next: () => number, isFloat: boolean): object {
  if (op === 'elu') return { alpha: oneOf(next, 1, 1, 0.3, -2) };
  if (op !== 'relu') return {};
  const min = oneOf(next, undefined, undefined, 0, -1, 0.5, -0);
  return {
    ...(isFloat && min !== undefined && { min }),
    max: oneOf(next, null, 0, null, 6, 1, 0.1, -1),
    negativeSlope: oneOf(next, 0, 0, -0, 0.2, 1, 3, -0.5),
    threshold: isFloat ? oneOf(next, 0, min ?? 0, 1, -2.5, 0.1) : 0,
  };
}

/** Floats around the places where functions change their formula or saturate, beside any floats at all. */
function values(next: () => number, count: number): Float32Array {
  const range = oneOf(next, 1e-3, 0.4, 3, 20, 120, 800);
  const some = oneOf(next, anyFloats, floats, floats);
  return some(next, count, true).map((value) => (next() < 0.6 ? (next() - 0.5) * 2 * range : value));
}

const shapeOf = (next: () => number): number[] => Array.from({ length: upTo(next, 3) }, () => upTo(next, 9));

function floatCase(op: Unary, next: () => number): NodeCase {
  const shape = shapeOf(next);
  const input = tensor('input', 'float32', shape);
  return nodeCase(op, attributesOf(op, next, true), [input], { dtype: 'float32' }, [
    values(next, countOf(shape)),
  ]);
}

function integerCase(op: Unary, next: () => number): NodeCase {
  const shape = shapeOf(next);
  const parameters = quantization(next);
  const scale = parameters.scales[0]!;
  const input = tensor('input', 'int8', shape, { quantization: parameters });
  const rounding = oneOf(next, 'nearest', 'floor');
  const attributes = {
    ...attributesOf(op, next, false),
    ...(op === 'relu' && { negativeSlope: upTo(next, 3) - 1 }),
  };
  return nodeCase(
    op,
    attributes,
    [input],
    {
      dtype: 'int8',
      quantization: { ...quantization(next), scales: [Math.fround(scale * oneOf(next, 1, 0.1, 3))] },
    },
    [integers(next, 'int8', countOf(shape), [-128, 127])],
    { rounding, accumulatorBits: 32 },
  );
}

for (const op of FLOAT_OPERATORS)
  test(`${op} in float32: the reference kernel's bits`, () => {
    forRandomNumbers(200, (next) => {
      const { graph, inputs } = floatCase(op, next);
      assert.is(fastEqualsReference(graph, inputs), 'unary_float32_4');
    });
  });

for (const op of INTEGER_OPERATORS)
  test(`${op} in int8: the reference kernel's integers`, () => {
    forRandomNumbers(60, (next) => {
      const { graph, inputs } = integerCase(op, next);
      assert.is(fastEqualsReference(graph, inputs), 'lookup_8');
    });
  });
