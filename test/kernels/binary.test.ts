import type { Quantization, Shape, Tensor, TensorData } from '../../src/core/index.js';
import { rowsOf } from '../../src/kernels/broadcast.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  anyFloats,
  countOf,
  floats,
  forRandomNumbers,
  integers,
  inUint8,
  type NodeCase,
  nodeCase,
  oneOf,
  quantization,
  tensor,
  upTo,
} from './layers.js';

const FLOAT_OPERATORS = [
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'squared_difference',
  'prelu',
] as const;

type Binary = (typeof FLOAT_OPERATORS)[number];

/** The kernels of int8. */
const INTEGER_OPERATORS: Partial<Record<Binary, string>> = {
  add: 'add_int8_16',
  sub: 'binary_int8_8',
  mul: 'binary_int8_8',
  maximum: 'choice_8_16',
  minimum: 'choice_8_16',
  squared_difference: 'binary_int8_8',
  prelu: 'binary_int8_8',
};

/**
 * Two shapes that broadcast: equal, a vector of channels or a scalar on either side, or any dimension 1 on any side. Slopes are
 * broadcast to the data.
 */
function shapes(op: Binary, next: () => number): readonly [Shape, Shape] {
  const full = Array.from({ length: upTo(next, 4) }, () => upTo(next, oneOf(next, 3, 7, 20)));
  const some = (): Shape => full.map((size) => (next() < 0.4 ? 1 : size));
  const other = oneOf<() => Shape>(
    next,
    () => full,
    () => [full.at(-1)!],
    () => [1],
    () => [],
    () => full.slice(upTo(next, full.length) - 1),
    some,
  )();
  if (op === 'prelu') return [full, other];
  const pair = [oneOf(next, 1, 1, 2) === 1 ? full : some(), other] as const;
  return next() < 0.3 ? [pair[1], pair[0]] : pair;
}

const HAVE_ACTIVATIONS: readonly Binary[] = ['add', 'sub', 'mul', 'div'];
const ACTIVATIONS = ['none', 'none', 'relu', 'relu6', 'relu_n1_to_1'] as const;

/** The case of two operands, of which one may be a constant, and slopes are. */
function caseOf(
  op: Binary,
  next: () => number,
  operands: readonly [Tensor, Tensor],
  values: readonly [TensorData, TensorData],
  output: Omit<Tensor, 'name' | 'shape'>,
): NodeCase {
  const constant = op === 'prelu' ? 1 : Math.floor(next() * 6);
  const inputs = operands.map((operand, i) => (i === constant ? { ...operand, data: values[i]! } : operand));
  const numerics = { rounding: oneOf(next, 'nearest', 'nearest', 'floor'), accumulatorBits: 32 } as const;
  const given = values.filter((_, i) => i !== constant);
  const attributes = HAVE_ACTIVATIONS.includes(op) ? { activation: oneOf(next, ...ACTIVATIONS) } : {};
  return nodeCase(op, attributes, inputs, output, given, numerics);
}

function floatCase(op: Binary, next: () => number): NodeCase {
  const [a, b] = shapes(op, next);
  const some = next() < 0.3 ? anyFloats : floats;
  return caseOf(
    op,
    next,
    [tensor('a', 'float32', a), tensor('b', 'float32', b)],
    [some(next, countOf(a)), some(next, countOf(b))],
    { dtype: 'float32' },
  );
}

/**
 * Scales of the output also far from those of the inputs, so that everything saturates or vanishes, but not so far that an
 * int32 wraps around, which is left to the reference kernel.
 */
function integerCase(op: Binary, next: () => number): NodeCase {
  const [a, b] = shapes(op, next);
  const output = quantization(next);
  const factor = oneOf(next, 1, 1, 2 ** 3, 2 ** -3, op === 'add' || op === 'sub' ? 2 ** -9 : 2 ** 9);
  const values = (shape: Shape) => integers(next, 'int8', countOf(shape), [-128, 127], next() < 0.2);
  const isChoice = op === 'maximum' || op === 'minimum';
  const parameters = isChoice ? () => output : () => quantization(next);
  return caseOf(
    op,
    next,
    [
      tensor('a', 'int8', a, { quantization: parameters() }),
      tensor('b', 'int8', b, { quantization: parameters() }),
    ],
    [values(a), values(b)],
    {
      dtype: 'int8',
      quantization: isChoice ? output : { ...output, scales: [Math.fround(output.scales[0]! * factor)] },
    },
  );
}

/** Whether the output falls into so many small blocks of rows that the reference kernel runs. */
function hasSmallBlocks({ graph: { nodes, tensors } }: NodeCase): boolean {
  const [a, b, output] = [...nodes[0]!.inputs, 'output'].map((name) => tensors.get(name)!.shape);
  const { starts, rows, count } = rowsOf(a!, b!, output!);
  return starts.length > 1 && rows * count < 16;
}

for (const op of FLOAT_OPERATORS)
  test(`${op} in float32: the reference kernel's bits`, () => {
    forRandomNumbers(200, (next) => {
      const node = floatCase(op, next);
      const name = fastEqualsReference(node.graph, node.inputs);
      assert.is(name, hasSmallBlocks(node) ? undefined : 'binary_float32_4');
    });
  });

for (const [op, kernel] of Object.entries(INTEGER_OPERATORS) as [Binary, string][])
  test(`${op} in int8: the reference kernel's integers`, () => {
    forRandomNumbers(250, (next) => {
      const node = integerCase(op, next);
      assert.is(fastEqualsReference(node.graph, node.inputs), integerKernel(node, kernel));
    });
  });

for (const op of ['add', 'sub', 'mul'] as const)
  test(`${op} in uint8: the reference kernel's integers`, () => {
    forRandomNumbers(250, (next) => {
      const node = inUint8(integerCase(op, next));
      assert.is(fastEqualsReference(node.graph, node.inputs), integerKernel(node, INTEGER_OPERATORS[op]!));
    });
  });

/** int16 with zero points 0, scales of any ratio; the output's scale is as fine as sums allow, and coarser. */
function int16Case(op: 'add' | 'sub', next: () => number): NodeCase {
  const [a, b] = shapes(op, next);
  const bits = oneOf(next, 16, 16, 9, 12);
  const plain = (scale: number): Quantization => ({
    scales: [Math.fround(scale)],
    zeroPoints: [0],
    axis: null,
    bits,
    signed: true,
  });
  const scales = [0.5 + next(), oneOf(next, 1, 1, 2 ** -6, 2 ** -20, 2 ** 5) * (0.5 + next())] as const;
  const output = Math.max(...scales) * oneOf(next, 1, 1, 0.4, 2 ** 9, 2 ** -13);
  const values = (shape: Shape) => integers(next, 'int16', countOf(shape), [-32768, 32767], next() < 0.3);
  return caseOf(
    op,
    next,
    [
      tensor('a', 'int16', a, { quantization: plain(scales[0]) }),
      tensor('b', 'int16', b, { quantization: plain(scales[1]) }),
    ],
    [values(a), values(b)],
    { dtype: 'int16', quantization: plain(output) },
  );
}

for (const op of ['add', 'sub'] as const)
  test(`${op} in int16: the reference kernel's integers`, () => {
    forRandomNumbers(300, (next) => {
      const node = int16Case(op, next);
      assert.is(
        fastEqualsReference(node.graph, node.inputs),
        hasSmallBlocks(node) ? undefined : 'sum_int16_8',
      );
    });
  });

/** The kernel that serves a case. */
function integerKernel(node: NodeCase, kernel: string): string | undefined {
  const { nodes, tensors } = node.graph;
  const constant = nodes[0]!.inputs.find((input) => tensors.get(input)!.data);
  const isLookup =
    !kernel.startsWith('choice') && constant !== undefined && countOf(tensors.get(constant)!.shape) === 1;
  return isLookup ? 'lookup_8' : hasSmallBlocks(node) ? undefined : kernel;
}
