import { stridesOf } from '../../../core/index.js';
import { type Decode, dimensionOf, type OperatorContext } from '../operator.js';
import type { Integers } from '../tensors.js';
import { RESHAPINGS, type Reshaping } from './reshaping.js';
import { type Slices, sliceOf, stridedSliceOf } from './slicing.js';

/** The sizes of a tensor, which a graph with batch 1 knows. */
const shape: Decode = (operator) => {
  const sizes = operator.shapeOf(0);
  operator.know({ shape: [sizes.length], values: sizes });
};

/** Reads SHAPE's output, whatever its input is. */
export const SHAPE_OPERATORS = { SHAPE: shape } satisfies Readonly<Record<string, Decode>>;

const inputsOf = (operator: OperatorContext): Integers[] =>
  Array.from({ length: operator.inputCount }, (_, i) => operator.integers(i));

const slice =
  (slicesOf: (operator: OperatorContext, shape: Integers['shape']) => Slices): Decode =>
  (operator) => {
    const input = operator.integers(0);
    const { begin, size, strides, shape } = slicesOf(operator, input.shape);
    const distances = stridesOf(input.shape);
    const sources = begin.reduce<number[]>(
      (found, first, d) =>
        found.flatMap((at) =>
          Array.from({ length: size[d]! }, (_, i) => at + (first + i * strides[d]!) * distances[d]!),
        ),
      [0],
    );
    operator.know({ shape, values: sources.map((source) => input.values[source]!) });
  };

const reshape =
  (reshaping: Reshaping): Decode =>
  (operator) => {
    const { shape, values } = operator.integers(0);
    operator.know({ shape: reshaping(operator, shape), values });
  };

/** Numbers side by side. */
const pack: Decode = (operator) => {
  const parts = inputsOf(operator);
  if (parts.some(({ shape }) => shape.length !== 0)) operator.fail('packs more than single whole numbers');
  operator.know({ shape: [parts.length], values: parts.flatMap(({ values }) => values) });
};

/** Vectors of numbers one after the other. */
const concatenate: Decode = (operator) => {
  const parts = inputsOf(operator);
  if (parts.some(({ shape }) => shape.length !== 1))
    operator.fail('concatenates whole numbers that are no vectors');
  const values = parts.flatMap((part) => part.values);
  operator.know({ shape: [values.length], values });
};

const gather: Decode = (operator) => {
  const [{ shape, values }, indices] = inputsOf(operator) as [Integers, Integers];
  const { axis, batchDims } = operator.options('GatherOptions');
  if (shape.length !== 1 || batchDims !== 0)
    operator.fail('gathers whole numbers of more than one dimension');
  dimensionOf(operator, axis, 1);
  const chosen = indices.values.map((index) => values[index] ?? operator.fail(`gathers index ${index}`));
  operator.know({ shape: indices.shape, values: chosen });
};

const binary =
  (compute: (a: number, b: number) => number): Decode =>
  (operator) => {
    const [a, b] = inputsOf(operator) as [Integers, Integers];
    const { shape } = a.values.length >= b.values.length ? a : b;
    const length = Math.max(a.values.length, b.values.length);
    const at = ({ values }: Integers, i: number): number =>
      values[values.length === 1 ? 0 : i] ?? operator.fail('combines whole numbers of different shapes');
    const values = Array.from({ length }, (_, i) => compute(at(a, i), at(b, i)));
    if (values.some((value) => value !== (value | 0))) operator.fail('computes whole numbers outside int32');
    operator.know({ shape, values });
  };

/** Whole numbers stay known; as floats they are a constant. */
const cast: Decode = (operator) => {
  const { values } = operator.integers(0);
  const { dtype } = operator.output;
  if (dtype === 'float32') operator.store(Float32Array.from(values));
  else if (dtype === 'int32' || dtype === 'int64') operator.know(operator.integers(0));
  else operator.fail(`turns whole numbers into ${dtype}`);
};

/** Operators with which converters compute a shape at run time. Here all inputs are whole numbers that are known. */
export const NUMBER_OPERATORS: Readonly<Record<string, Decode>> = {
  ADD: binary((a, b) => a + b),
  CAST: cast,
  CONCATENATION: concatenate,
  EXPAND_DIMS: reshape(RESHAPINGS.EXPAND_DIMS),
  GATHER: gather,
  MUL: binary((a, b) => a * b),
  PACK: pack,
  RESHAPE: reshape(RESHAPINGS.RESHAPE),
  SLICE: slice(sliceOf),
  SQUEEZE: reshape(RESHAPINGS.SQUEEZE),
  STRIDED_SLICE: slice(stridedSliceOf),
  SUB: binary((a, b) => a - b),
};
