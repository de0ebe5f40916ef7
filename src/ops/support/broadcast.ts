import { elementCount, formatShape, inputError, type Shape, sameShape, stridesOf } from '../../core/index.js';

/** Shape of an elementwise result, NumPy's rules. @throws QpannError when the shapes do not broadcast. */
export function broadcastShape(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, d) => {
    const sizeA = a[d - rank + a.length] ?? 1;
    const sizeB = b[d - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1)
      throw inputError(`cannot combine shapes ${formatShape(a)} and ${formatShape(b)}`);
    return Math.max(sizeA, sizeB);
  });
}

/** For each element of `output` the element of `operand` it reads, or null where that is the same element. */
export function broadcastIndices(operand: Shape, output: Shape): Int32Array | null {
  if (sameShape(operand, output)) return null;
  const offset = output.length - operand.length;
  const operandStrides = stridesOf(operand);
  const outputStrides = stridesOf(output);
  return Int32Array.from({ length: elementCount(output) }, (_, index) => {
    let position = 0;
    for (let d = 0; d < operand.length; d++) {
      if (operand[d] === 1) continue;
      position += (Math.floor(index / outputStrides[d + offset]!) % operand[d]!) * operandStrides[d]!;
    }
    return position;
  });
}
