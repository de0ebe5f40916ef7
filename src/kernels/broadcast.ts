import { bytesPerElement, type DType, elementCount, type Shape, sameShape } from '../core/index.js';
import type { Buffers, KernelPlan, Site } from '../ops/index.js';
import type { FastKernel } from './fast-kernel.js';

/** Where an operand's elements lie: it has `step` elements from one row of the output to the next. */
export interface RowsOfOperand {
  readonly step: number;
  /** −1 where it has an element for each of a row, 0 where it has one for all. */
  readonly mask: -1 | 0;
  /** First element for each block of rows. */
  readonly starts: readonly number[];
}

/** How a kernel goes over two operands that are broadcast to an output: blocks of rows, all in elements. */
export interface Rows {
  readonly rows: number;
  readonly count: number;
  readonly a: RowsOfOperand;
  readonly b: RowsOfOperand;
  /** First output element of each block. */
  readonly starts: readonly number[];
}

/** Neighbouring dimensions along which each operand either varies or does not. */
interface Group {
  size: number;
  readonly a: boolean;
  readonly b: boolean;
}

/** Groups of the output's dimensions, the innermost first. */
function groupsOf(a: Shape, b: Shape, output: Shape): Group[] {
  const groups: Group[] = [];
  const varies = (operand: Shape, dimension: number): boolean =>
    (operand[dimension - output.length + operand.length] ?? 1) !== 1;
  for (let dimension = output.length - 1; dimension >= 0; dimension--) {
    const size = output[dimension]!;
    if (size === 1) continue;
    const group = { size, a: varies(a, dimension), b: varies(b, dimension) };
    const inner = groups.at(-1);
    if (inner !== undefined && inner.a === group.a && inner.b === group.b) inner.size *= size;
    else groups.push(group);
  }
  return groups;
}

const EVERY_ELEMENT: Group = { size: 1, a: true, b: true };

/** The rows of an elementwise operator of two inputs (NumPy's broadcasting). */
export function rowsOf(a: Shape, b: Shape, output: Shape): Rows {
  const [inner = EVERY_ELEMENT, middle = { ...EVERY_ELEMENT, a: false, b: false }, ...outer] = groupsOf(
    a,
    b,
    output,
  );
  const operand = (varies: (group: Group) => boolean): RowsOfOperand => {
    const count = varies(inner) ? inner.size : 1;
    const block = varies(middle) ? middle.size * count : count;
    return {
      step: varies(middle) ? count : 0,
      mask: varies(inner) ? -1 : 0,
      starts: starts(outer, varies, block),
    };
  };
  const whole = operand(() => true);
  return {
    rows: middle.size,
    count: inner.size,
    a: operand((group) => group.a),
    b: operand((group) => group.b),
    starts: whole.starts,
  };
}

/** First element of each block, where `block` elements are one. */
function starts(outer: readonly Group[], varies: (group: Group) => boolean, block: number): number[] {
  let result = [0];
  let stride = block;
  for (const group of outer) {
    const step = varies(group) ? stride : 0;
    result = Array.from({ length: group.size }, (_, i) => result.map((start) => start + i * step)).flat();
    if (varies(group)) stride *= group.size;
  }
  return result;
}

/** Blocks are worth a call each where they have this many elements. */
const ELEMENTS_PER_BLOCK = 16;

const rowsOfSite = ({ inputs: [a, b], outputs: [output] }: Site<unknown>): Rows =>
  rowsOf(a!.shape, b!.shape, output!.shape);

/** Whether both inputs and the output have this dtype, and the output falls into few blocks. */
export function hasRows(site: Site<unknown>, dtype: DType): boolean {
  const { rows, count, starts } = rowsOfSite(site);
  return (
    [...site.inputs, ...site.outputs].every((tensor) => tensor.dtype === dtype) &&
    (starts.length === 1 || rows * count >= ELEMENTS_PER_BLOCK)
  );
}

/** What every kernel of two operands wants: room for one element of each, repeated; in place unless the first is broadcast. */
export const planOfRows = ({ inputs: [a], outputs: [output] }: Site<unknown>): Partial<KernelPlan> => ({
  scratchBytes: 32,
  inPlace: sameShape(a!.shape, output!.shape),
});

/** The arguments that every kernel of two operands has in common, for each block: addresses, rows, steps, masks. */
export function rowArguments(
  site: Site<unknown>,
  { inputs: [a, b], outputs: [output] }: Buffers,
): readonly (readonly number[])[] {
  const { rows, count, a: rowsA, b: rowsB, starts } = rowsOfSite(site);
  const bytes = bytesPerElement(site.outputs[0]!.dtype);
  return starts.map((start, block) => [
    a!.byteOffset + rowsA.starts[block]! * bytes,
    b!.byteOffset + rowsB.starts[block]! * bytes,
    output!.byteOffset + start * bytes,
    rows,
    count * bytes,
    rowsA.step * bytes,
    rowsB.step * bytes,
    rowsA.mask,
    rowsB.mask,
  ]);
}

/** A kernel of two operands, the second of which counts as weights: the engine leaves those where they are, so they are packed. */
export const packingSecond = <A>(kernel: FastKernel<A>): FastKernel<A> => ({
  ...kernel,
  serves: (site, reference) => site.inputs[1]!.data !== undefined && kernel.serves(site, reference),
  plan: (site, reference) => ({
    ...kernel.plan(site, reference),
    constantBytes: elementCount(site.inputs[1]!.shape) * bytesPerElement(site.inputs[1]!.dtype),
  }),
  pack({ inputs: [, second] }, constants) {
    const { buffer, byteOffset, byteLength } = second!.data!;
    constants.set(new Uint8Array(buffer, byteOffset, byteLength));
  },
  bind(site, { inputs: [first], ...buffers }, reference, kernels) {
    return kernel.bind(site, { ...buffers, inputs: [first!, buffers.constants] }, reference, kernels);
  },
});
