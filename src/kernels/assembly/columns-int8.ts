/** What the int8 depthwise kernels that go column by column share. */

/** Taps a and b of channels 0 to 3, interleaved. */
@inline
export function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Taps a and b of channels 4 to 7, interleaved. */
@inline
export function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Where a row of the window is read: one that is outside the image is one pixel of padding, read again and again. */
@inline
export function rowOf(image: usize, y: i32, height: i32, rowBytes: i32, padding: usize): usize {
  return <u32>y < <u32>height ? image + <usize>(y * rowBytes) : padding;
}

/** Bytes from one pixel of such a row to the next. */
@inline
export function stepOf(y: i32, height: i32, channels: i32): usize {
  return <u32>y < <u32>height ? <usize>channels : 0;
}
