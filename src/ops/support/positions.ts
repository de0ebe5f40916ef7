/**
 * Where each element of a block lies in a tensor: `start` + Σ coordinate·stride, in the block's row-major order.
 * `shape` is the block's, `strides` are the tensor's.
 */
export function positions(shape: readonly number[], strides: readonly number[], start = 0): Int32Array {
  let result = Int32Array.of(start);
  shape.forEach((size, dimension) => {
    const stride = strides[dimension]!;
    const inner = new Int32Array(result.length * size);
    for (let i = 0; i < inner.length; i++) inner[i] = result[Math.floor(i / size)]! + (i % size) * stride;
    result = inner;
  });
  return result;
}
