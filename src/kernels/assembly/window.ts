/**
 * The window of one output pixel of a convolution as one row of bytes: (ky, kx, channel), padding filled in. Copies go in steps
 * of 16 bytes, so source and target need 15 bytes of slack behind them.
 */

@inline
function copy(target: usize, source: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i += 16) v128.store(target + i, v128.load(source + i));
}

@inline
function fill(target: usize, value: v128, bytes: i32): void {
  for (let i = 0; i < bytes; i += 16) v128.store(target + i, value);
}

/**
 * Gathers one window.
 * @param image address of the first byte of the image's group of channels
 * @param pitch bytes from one pixel to the next
 * @param taps bytes of the group's channels in one pixel
 * @param y, x position of the window's first tap, which may lie outside the image
 * @param padding four bytes that, repeated, stand for taps outside the image
 */
export function gatherWindow(
  target: usize,
  image: usize,
  height: i32,
  width: i32,
  pitch: i32,
  taps: i32,
  filterHeight: i32,
  filterWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  y: i32,
  x: i32,
  padding: i32,
): void {
  const row = filterWidth * taps;
  const outside = i32x4.splat(padding);
  const isRun = taps === pitch && dilationWidth === 1 && x >= 0 && x + filterWidth <= width;
  for (let ky = 0; ky < filterHeight; ky++) {
    const inputY = y + ky * dilationHeight;
    if (inputY < 0 || inputY >= height) fill(target, outside, row);
    else if (isRun) copy(target, image + <usize>((inputY * width + x) * pitch), row);
    else {
      let tap = target;
      for (let kx = 0; kx < filterWidth; kx++, tap += taps) {
        const inputX = x + kx * dilationWidth;
        if (inputX < 0 || inputX >= width) fill(tap, outside, taps);
        else copy(tap, image + <usize>((inputY * width + inputX) * pitch), taps);
      }
    }
    target += row;
  }
}
