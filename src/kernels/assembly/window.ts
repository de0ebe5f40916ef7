/** Pixels whose windows are located together. */
export const PIXELS = 4;

/** Bytes that a row of a window takes where it is gathered. Copies go in steps of 16, so 16 bytes of slack belong behind the last row. */
@inline
export function gatheredBytes(row: i32): i32 {
  return (row + 15) & ~15;
}

@inline
function copy(target: usize, source: usize, bytes: i32): void {
  for (let i = 0; i < bytes; i += 16) v128.store(target + i, v128.load(source + i));
}

/**
 * Finds the windows of four output pixels of a convolution, each as `filterHeight` rows of bytes: (kx, channel). A row that lies in
 * the image as it is stays there; others are gathered, padding filled in. Behind the last pixel it is repeated.
 * @param table takes the addresses: [filterHeight][4]
 * @param gathered room for rows: first one of padding, which this function does not write, then [4][filterHeight]
 * @param image address of the first byte of the image's group of channels
 * @param pitch bytes from one pixel to the next
 * @param taps bytes of the group's channels in one pixel
 * @param pixel, last positions of the first of the four pixels and of the last there is
 */
export function locateWindows(
  table: usize,
  gathered: usize,
  image: usize,
  height: i32,
  width: i32,
  pitch: i32,
  taps: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  padTop: i32,
  padLeft: i32,
  outputWidth: i32,
  pixel: i32,
  last: i32,
): void {
  const isContiguous = taps === pitch && dilationWidth === 1;
  const step = dilationHeight * width * pitch;
  const outside = gathered;
  const tableEnd = table + <usize>(filterHeight * PIXELS * 4);
  let outputY = pixel / outputWidth;
  let outputX = pixel - outputY * outputWidth;
  const firstX = outputX * strideWidth - padLeft;
  const lastX = firstX + (PIXELS - 1) * strideWidth;
  const isOneRow = outputX + PIXELS <= outputWidth && pixel + PIXELS - 1 <= last;
  if (isContiguous && isOneRow && firstX >= 0 && lastX + filterWidth <= width) {
    let y = outputY * strideHeight - padTop;
    const offset = strideWidth * pitch;
    let rows = i32x4.add(
      i32x4.splat(<i32>image + (y * width + firstX) * pitch),
      i32x4.mul(i32x4.splat(offset), i32x4(0, 1, 2, 3)),
    );
    for (; table < tableEnd; table += PIXELS * 4, y += dilationHeight) {
      v128.store(table, y >= 0 && y < height ? rows : i32x4.splat(<i32>outside));
      rows = i32x4.add(rows, i32x4.splat(step));
    }
    return;
  }
  const room = gatheredBytes(filterWidth * taps);
  for (let i = 0; i < PIXELS; i++, table += 4) {
    const x = outputX * strideWidth - padLeft;
    let y = outputY * strideHeight - padTop;
    let source = image + <usize>((y * width + x) * pitch);
    const isRun = isContiguous && x >= 0 && x + filterWidth <= width;
    for (let entry = table; entry < tableEnd; entry += PIXELS * 4) {
      let row = outside;
      if (y >= 0 && y < height) {
        row = source;
        if (!isRun) {
          gathered += room;
          row = gathered;
          gatherRow(row, source, outside, width, pitch, taps, filterWidth, dilationWidth, x);
        }
      }
      store<u32>(entry, <u32>row);
      y += dilationHeight;
      source += step;
    }
    if (pixel === last) continue;
    pixel++;
    outputX++;
    if (outputX === outputWidth) {
      outputX = 0;
      outputY++;
    }
  }
}

/** The same for windows of one pixel, where input and output are of one size. */
@inline
export function locatePixels(table: usize, image: usize, pitch: i32, pixel: i32, last: i32): void {
  const pixels = i32x4.min_s(i32x4.add(i32x4.splat(pixel), i32x4(0, 1, 2, 3)), i32x4.splat(last));
  v128.store(table, i32x4.add(i32x4.splat(<i32>image), i32x4.mul(pixels, i32x4.splat(pitch))));
}

/** Gathers one row of a window whose first tap is `x` in its image row. */
@inline
function gatherRow(
  target: usize,
  source: usize,
  outside: usize,
  width: i32,
  pitch: i32,
  taps: i32,
  filterWidth: i32,
  dilationWidth: i32,
  x: i32,
): void {
  const end = x + filterWidth * dilationWidth;
  for (; x < end; x += dilationWidth, source += dilationWidth * pitch, target += taps)
    copy(target, x >= 0 && x < width ? source : outside, taps);
}

/** Writes a row of padding. @param padding four bytes that, repeated, stand for taps outside the image */
export function fillPadding(target: usize, row: i32, padding: i32): void {
  for (let i = 0; i < row; i += 16) v128.store(target + i, i32x4.splat(padding));
}
