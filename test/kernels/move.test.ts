import type { DType, Quantization, Tensor, TensorData } from '../../src/core/index.js';
import type { OpName } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference } from './equality.js';
import {
  anyFloats,
  countOf,
  forRandomNumbers,
  integers,
  nodeCase,
  oneOf,
  quantization,
  tensor,
  upTo,
} from './layers.js';

/** Shapes of the inputs that are moved, attributes, and indices where the operator has some. */
interface Movement {
  readonly shapes: readonly (readonly number[])[];
  readonly attributes: object;
  readonly indices?: Tensor;
}

type Next = () => number;

const shapeOf = (next: Next, rank = upTo(next, 5)): number[] =>
  Array.from({ length: rank }, () => oneOf(next, 1, upTo(next, 4), upTo(next, 9)));

const below = (next: Next, limit: number): number => Math.floor(next() * limit);

function slice(next: Next): Movement {
  const shape = shapeOf(next);
  const strides = shape.map(() => oneOf(next, 1, 1, 2, -1, -3));
  const size = shape.map((limit, d) => upTo(next, Math.ceil(limit / Math.abs(strides[d]!))));
  const begin = shape.map((limit, d) => {
    const extent = (size[d]! - 1) * Math.abs(strides[d]!) + 1;
    const low = below(next, limit - extent + 1);
    return strides[d]! > 0 ? low : low + extent - 1;
  });
  return { shapes: [shape], attributes: { begin, size, strides } };
}

function transpose(next: Next): Movement {
  const shape = shapeOf(next);
  const permutation = shape.map((_, d) => d);
  permutation.forEach((_, d) => {
    const other = below(next, d + 1);
    [permutation[d], permutation[other]] = [permutation[other]!, permutation[d]!];
  });
  return { shapes: [shape], attributes: { permutation } };
}

function concatenation(next: Next): Movement {
  const shape = shapeOf(next);
  const axis = below(next, shape.length);
  const shapes = Array.from({ length: upTo(next, 4) }, () =>
    shape.map((size, d) => (d === axis ? upTo(next, 20) : size)),
  );
  return { shapes, attributes: { axis: oneOf(next, axis, axis - shape.length) } };
}

function gather(next: Next): Movement {
  const shape = shapeOf(next);
  const axis = below(next, shape.length);
  const count = upTo(next, 6);
  const data = Int32Array.from({ length: count }, () => below(next, shape[axis]!));
  return {
    shapes: [shape],
    attributes: { axis, batchDims: 0 },
    indices: tensor('indices', 'int32', [count], { data }),
  };
}

function blocks(next: Next): Movement {
  const blockSize = upTo(next, 3);
  const [n, h, w, c] = shapeOf(next, 4) as [number, number, number, number];
  return { shapes: [[n, h * blockSize, w * blockSize, c]], attributes: { blockSize } };
}

function depthToSpace(next: Next): Movement {
  const { shapes, attributes } = blocks(next);
  const { blockSize } = attributes as { readonly blockSize: number };
  const [n, h, w, c] = shapes[0] as [number, number, number, number];
  return { shapes: [[n, h / blockSize, w / blockSize, c * blockSize ** 2]], attributes };
}

function spaceToBatch(next: Next): Movement {
  const [n, h, w, c] = shapeOf(next, 4) as [number, number, number, number];
  const blockShape = [upTo(next, 3), upTo(next, 3)];
  const paddings = [h, w].map((size, i) => {
    const before = below(next, 3);
    const block = blockShape[i]!;
    return [before, block - ((size + before) % block)];
  });
  return { shapes: [[n, h, w, c]], attributes: { blockShape, paddings } };
}

function batchToSpace(next: Next): Movement {
  const [n, h, w, c] = shapeOf(next, 4) as [number, number, number, number];
  const blockShape = [upTo(next, 3), upTo(next, 3)];
  const crops = [h, w].map((size, i) => {
    const whole = size * blockShape[i]!;
    const before = below(next, Math.min(3, whole));
    return [before, below(next, Math.min(3, whole - before))];
  });
  return { shapes: [[n * countOf(blockShape), h, w, c]], attributes: { blockShape, crops } };
}

const pairs = (next: Next, shape: readonly number[], most: (size: number) => number): number[][] =>
  shape.map((size) => [below(next, most(size)), below(next, most(size))]);

const MOVEMENTS = {
  slice,
  transpose,
  concatenation,
  gather,
  space_to_depth: blocks,
  depth_to_space: depthToSpace,
  space_to_batch_nd: spaceToBatch,
  batch_to_space_nd: batchToSpace,
  pad(next) {
    const shape = shapeOf(next);
    const value = oneOf(next, undefined, 0, 1.5, -0.1);
    return {
      shapes: [shape],
      attributes: { paddings: pairs(next, shape, () => 4), ...(value !== undefined && { value }) },
    };
  },
  mirror_pad(next) {
    const shape = shapeOf(next);
    const mode = oneOf(next, 'reflect', 'symmetric');
    const most = (size: number): number => size + (mode === 'reflect' ? 0 : 1);
    return { shapes: [shape], attributes: { paddings: pairs(next, shape, most), mode } };
  },
} satisfies Partial<Record<OpName, (next: Next) => Movement>>;

/** Values of a dtype: any bits. */
function valuesOf(next: Next, dtype: DType, count: number): TensorData {
  if (dtype === 'float32') return anyFloats(next, count);
  return integers(next, dtype, count, dtype === 'uint8' ? [0, 255] : [-128, 127]);
}

for (const [op, movement] of Object.entries(MOVEMENTS) as [
  keyof typeof MOVEMENTS,
  (next: Next) => Movement,
][])
  test(`${op}: the reference kernel's elements`, () => {
    forRandomNumbers(150, (next) => {
      const { shapes, attributes, indices } = movement(next);
      const dtype = oneOf(next, 'float32', 'int8', 'int8');
      const shared: { quantization?: Quantization } =
        dtype === 'int8' ? { quantization: quantization(next) } : {};
      const inputs = shapes.map((shape, i) => tensor(`input ${i}`, dtype, shape, shared));
      const values = shapes.map((shape) => valuesOf(next, dtype, countOf(shape)));
      const { graph } = nodeCase(
        op,
        attributes,
        indices === undefined ? inputs : [...inputs, indices],
        { dtype, ...shared },
        values,
      );
      assert.is(fastEqualsReference(graph, values), 'move_runs');
    });
  });
