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

/** As `positions`, for chosen indices along each dimension: `indices[d]` are those of dimension d, in the block's order. */
export function positionsOf(indices: readonly ArrayLike<number>[], strides: readonly number[]): Int32Array {
  let result = Int32Array.of(0);
  indices.forEach((list, dimension) => {
    const size = list.length;
    const stride = strides[dimension]!;
    const inner = new Int32Array(result.length * size);
    for (let i = 0; i < inner.length; i++)
      inner[i] = result[Math.floor(i / size)]! + list[i % size]! * stride;
    result = inner;
  });
  return result;
}
