import { bytesPerElement, elementCount, sameShape, type Tensor } from '../core/index.js';
import type { Kernel, Site } from '../ops/index.js';

/** In place of a source: no element, the output is filled there. */
const FILL = -1;

/** A run of elements, then runs at equal distances, then rows of these: each level adds a count and two steps to the shape. */
interface Block {
  readonly source: number;
  readonly target: number;
  /** Length of a run; number of runs, steps in input and output; number of rows, steps. */
  readonly shape: readonly number[];
}

/** What moves from one input to one output, or is filled in. */
export interface Moves {
  /** Undefined where the output is filled. */
  readonly input?: number;
  readonly output: number;
  readonly blocks: readonly Block[];
}

/** Every output element's source, a position among the elements of all inputs, and what fills the others. */
export interface Sources {
  readonly positions: Int32Array;
  readonly value: number;
}

/** Position of each input's first element. One is left out between inputs, so that no run goes on from one to the next. */
const firstPositions = (inputs: readonly Tensor[]): number[] =>
  inputs.map((_, i) => inputs.slice(0, i).reduce((sum, { shape }) => sum + elementCount(shape) + 1, 0));

/** Whole numbers up to this are exact in float32. */
const EXACT_IN_FLOAT32 = 2 ** 24;

/** Binds the reference kernel to numbers that hold any position and any value that fills: float32 where that is enough. */
function bindToNumbers<A>(site: Site<A>, reference: Kernel<A>, moved: number) {
  const { constantBytes = 0, scratchBytes = 0 } = reference.plan?.(site) ?? {};
  const sources = site.inputs.slice(0, moved);
  const end = firstPositions(sources).at(-1)! + elementCount(sources.at(-1)!.shape);
  const { dtype } = sources[0]!;
  const fit = end < EXACT_IN_FLOAT32 && (dtype === 'float32' || bytesPerElement(dtype) < 4);
  const numbers = ({ shape }: Tensor): Float32Array | Float64Array =>
    new (fit ? Float32Array : Float64Array)(elementCount(shape));
  const inputs = sources.map(numbers);
  const outputs = site.outputs.map(numbers);
  const constants = site.inputs.slice(moved).map(({ data }) => data!);
  const run = reference.prepare(site, {
    inputs: [...inputs, ...constants] as Float32Array[],
    outputs: outputs as Float32Array[],
    constants: new Uint8Array(constantBytes),
    scratch: new Uint8Array(scratchBytes),
  });
  return { inputs, outputs, run };
}

/**
 * Where a kernel that only moves elements takes those of each output from, learnt from the reference kernel: it is run on
 * positions, from 1 on, then on the same numbers negated. What is negated too was moved; the rest is filled.
 * @param moved number of inputs that are moved; those after them are constants that say how
 */
export function sourcesOf<A>(site: Site<A>, reference: Kernel<A>, moved: number): Sources[] {
  const { inputs, outputs, run } = bindToNumbers(site, reference, moved);
  const first = firstPositions(site.inputs);
  const runOnPositions = (sign: 1 | -1): void => {
    inputs.forEach((input, i) => {
      for (let k = 0; k < input.length; k++) input[k] = sign * (first[i]! + k + 1);
    });
    run();
  };
  runOnPositions(1);
  const found = outputs.map((output) => {
    const positions = new Int32Array(output.length);
    for (let i = 0; i < positions.length; i++) positions[i] = output[i]! - 1;
    return positions;
  });
  runOnPositions(-1);
  return found.map((positions, output) => {
    const negated = outputs[output]!;
    let value = 0;
    for (let i = 0; i < positions.length; i++) {
      if (positions[i]! >= 0 && negated[i] === -positions[i]! - 1) continue;
      positions[i] = FILL;
      value = negated[i]!;
    }
    return { positions, value };
  });
}

/** Maximal runs of the elements whose sources are in [first, end). */
function* runs(positions: Int32Array, first: number, end: number): Generator<Block> {
  for (let target = 0; target < positions.length; ) {
    const source = positions[target]!;
    const step = source === FILL ? 0 : 1;
    const limit = positions.length - target;
    let length = 1;
    while (length < limit && positions[target + length] === source + step * length) length++;
    if (source >= first && source < end)
      yield { source: source === FILL ? FILL : source - first, target, shape: [length] };
    target += length;
  }
}

/** Makes one block of blocks of one shape that follow each other at equal distances. */
function* joined(blocks: Iterable<Block>): Generator<Block> {
  let first: Block | undefined;
  let last: Block | undefined;
  let count = 0;
  let sourceStep = 0;
  let targetStep = 0;
  const whole = ({ source, target, shape }: Block): Block => ({
    source,
    target,
    shape: [...shape, count, sourceStep, targetStep],
  });
  for (const block of blocks) {
    const [bySource, byTarget] =
      last === undefined ? [0, 0] : [block.source - last.source, block.target - last.target];
    const goesOn =
      first !== undefined &&
      sameShape(block.shape, first.shape) &&
      (count === 1 || (bySource === sourceStep && byTarget === targetStep));
    if (goesOn) {
      [sourceStep, targetStep] = [bySource, byTarget];
      count += 1;
    } else {
      if (first !== undefined) yield whole(first);
      [first, count, sourceStep, targetStep] = [block, 1, 0, 0];
    }
    last = block;
  }
  if (first !== undefined) yield whole(first);
}

/** The moves that give every output its elements, from inputs that are all moved. */
export function movesOf(inputs: readonly Tensor[], sources: readonly Sources[]): Moves[] {
  const first = firstPositions(inputs);
  const blocksOf = (positions: Int32Array, from: number, to: number): Block[] => [
    ...joined(joined(runs(positions, from, to))),
  ];
  return sources.flatMap(({ positions }, output) => [
    ...first.map((start, input) => ({
      input,
      output,
      blocks: blocksOf(positions, start, start + elementCount(inputs[input]!.shape)),
    })),
    { output, blocks: blocksOf(positions, FILL, FILL + 1) },
  ]);
}
