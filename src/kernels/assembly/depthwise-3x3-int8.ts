import { highPairs, lowPairs, rowOf, stepOf } from './columns-int8';
import { min32 } from './integer';
import { CHANNEL_PARAMETERS, FLOAT_PATH, requantize, requantizeByScale } from './requantize';
import { storeEightWithin } from './store';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Bytes of the weights of eight channels: seven pairs of taps. */
const PANEL_WEIGHTS: usize = 7 * 32;

@inline
function addProducts(sum: v128, taps: v128, weights: v128): v128 {
  return i32x4.add(sum, i32x4.dot_i16x8_s(taps, weights));
}

/*
 * Four channels of two columns u and v of an image: of each the pair of its upper two rows, and of the lowest row the pair of both
 * columns. They are added to the outputs that see them.
 */

/** An output that sees u in its last column. */
@inline
function lastOfU(sum: v128, u: v128, lowest: v128, weights: usize): v128 {
  return addProducts(addProducts(sum, u, v128.load(weights, 64)), lowest, v128.load(weights, 96));
}

/** An output that sees u in its middle column and v in its last. */
@inline
function lastOfV(sum: v128, u: v128, v: v128, lowest: v128, weights: usize): v128 {
  sum = addProducts(addProducts(sum, u, v128.load(weights, 32)), v, v128.load(weights, 64));
  return addProducts(sum, lowest, v128.load(weights, 128));
}

/** One that begins with u. */
@inline
function firstOfU(sum: v128, u: v128, v: v128, lowest: v128, weights: usize): v128 {
  sum = addProducts(addProducts(sum, u, v128.load(weights)), v, v128.load(weights, 32));
  return addProducts(sum, lowest, v128.load(weights, 160));
}

/** One that begins with v. */
@inline
function firstOfV(sum: v128, v: v128, lowest: v128, weights: usize): v128 {
  return addProducts(addProducts(sum, v, v128.load(weights)), lowest, v128.load(weights, 192));
}

/** One row of outputs. @param stride a constant; `y` is the first row of the windows, `count` the number of outputs */
@inline
function outputRow(
  stride: i32,
  image: usize,
  y: i32,
  height: i32,
  width: i32,
  channels: i32,
  padLeft: i32,
  count: i32,
  weights: usize,
  bias: usize,
  parameters: usize,
  padding: usize,
  rounding: i64,
  limits: usize,
  output: usize,
): void {
  const rowBytes = width * channels;
  const row0 = rowOf(image, y, height, rowBytes, padding);
  const row1 = rowOf(image, y + 1, height, rowBytes, padding);
  const row2 = rowOf(image, y + 2, height, rowBytes, padding);
  const step0 = stepOf(y, height, channels);
  const step1 = stepOf(y + 1, height, channels);
  const step2 = stepOf(y + 2, height, channels);
  const end = (count - 1) * stride + 3 - padLeft;
  for (let channel = 0; channel < channels; channel += COLUMNS) {
    const panel = <usize>(channel >> 3);
    const low = weights + panel * PANEL_WEIGHTS;
    const high = low + 16;
    const ownBias = bias + (panel << 5);
    const own = parameters + panel * CHANNEL_PARAMETERS;
    const isByScale = load<i32>(own, 48) === FLOAT_PATH;
    // Outputs that have seen one column, and those that have seen two.
    let low1 = v128.load(ownBias);
    let high1 = v128.load(ownBias, 16);
    let low2 = low1;
    let high2 = high1;
    let place = output;
    let left = count;
    for (let x = -padLeft; x < end; ) {
      // Two columns at a time: a run of pairs in the image, or one of which something is beside it.
      const isRun = x >= 0 && x + 1 < width;
      const stop = isRun ? min32(width - 1, end) : x + 1;
      const isU = <u32>x < <u32>width;
      const isV = <u32>(x + 1) < <u32>width;
      let u0 = (isU ? row0 + <usize>x * step0 : padding) + channel;
      let u1 = (isU ? row1 + <usize>x * step1 : padding) + channel;
      let u2 = (isU ? row2 + <usize>x * step2 : padding) + channel;
      let v0 = (isV ? row0 + <usize>(x + 1) * step0 : padding) + channel;
      let v1 = (isV ? row1 + <usize>(x + 1) * step1 : padding) + channel;
      let v2 = (isV ? row2 + <usize>(x + 1) * step2 : padding) + channel;
      for (; x < stop; x += 2) {
        const a = v128.load8x8_s(u0);
        const b = v128.load8x8_s(u1);
        const c = v128.load8x8_s(u2);
        const d = v128.load8x8_s(v0);
        const e = v128.load8x8_s(v1);
        const f = v128.load8x8_s(v2);
        u0 = v0 + step0;
        u1 = v1 + step1;
        u2 = v2 + step2;
        v0 = u0 + step0;
        v1 = u1 + step1;
        v2 = u2 + step2;
        const lowU = lowPairs(a, b);
        const highU = highPairs(a, b);
        const lowV = lowPairs(d, e);
        const highV = highPairs(d, e);
        const lowest = lowPairs(c, f);
        const highest = highPairs(c, f);
        const lowA = lastOfU(low2, lowU, lowest, low);
        const lowB = stride === 1 ? lastOfV(low1, lowU, lowV, lowest, low) : lowA;
        low2 = firstOfU(v128.load(ownBias), lowU, lowV, lowest, low);
        if (stride === 1) low1 = firstOfV(v128.load(ownBias), lowV, lowest, low);
        const highA = lastOfU(high2, highU, highest, high);
        const highB = stride === 1 ? lastOfV(high1, highU, highV, highest, high) : highA;
        high2 = firstOfU(v128.load(ownBias, 16), highU, highV, highest, high);
        if (stride === 1) high1 = firstOfV(v128.load(ownBias, 16), highV, highest, high);
        if (x < 2 - padLeft) continue;
        if (isByScale) {
          const scaleLow = v128.load(own);
          const scaleHigh = v128.load(own, 16);
          const rounder = v128.load(own, 32);
          const valueA = requantizeByScale(lowA, highA, scaleLow, scaleHigh, rounder);
          const valueB = stride === 1 ? requantizeByScale(lowB, highB, scaleLow, scaleHigh, rounder) : valueA;
          const bytes = i8x16.narrow_i16x8_s(valueA, valueB);
          if (stride === 1 && left > 1 && channel + COLUMNS <= channels) {
            v128.store64_lane(place + channel, bytes, 0);
            v128.store64_lane(place + channel + channels, bytes, 1);
          } else {
            storeEightWithin(place, channel, channels, bytes);
            if (stride === 1 && left > 1)
              storeEightWithin(place + channels, channel, channels, v128.shuffle<i64>(bytes, bytes, 1, 1));
          }
        } else {
          const zeroPoint = v128.load(limits);
          const min = v128.load(limits, 16);
          const max = v128.load(limits, 32);
          storeEightWithin(place, channel, channels, requantize(lowA, highA, own, rounding, zeroPoint, min, max));
          if (stride === 1 && left > 1)
            storeEightWithin(place + channels, channel, channels, requantize(lowB, highB, own, rounding, zeroPoint, min, max));
        }
        place += channels * (3 - stride);
        left -= 3 - stride;
      }
    }
  }
}

/**
 * Depthwise convolution with a window of 3×3, int8, depth multiplier 1, horizontal stride 1 or 2. Pairs of columns are read once;
 * then they go into all outputs that see them. The lowest row is paired across the columns, so nine taps are five products of
 * pairs for each output.
 * @param input NHWC
 * @param weights int16 [channels/8][7 pairs][8][2], zero point subtracted: rows 0 and 1 of columns 0, 1, 2; then of row 2 columns
 * 2 and none, 1 and 2, 0 and 1, none and 0
 * @param bias int32 [channels/8][8], the input's zero point folded in
 * @param parameters [channels/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param padding a pixel of input zero points
 * @param scratch 48 bytes; 7 bytes of slack behind all tensors
 */
export function depthwise_3x3_int8_8_dot16(
  input: usize,
  batches: i32,
  height: i32,
  width: i32,
  channels: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  dilationHeight: i32,
  dilationWidth: i32,
  padTop: i32,
  padLeft: i32,
  outputHeight: i32,
  outputWidth: i32,
  weights: usize,
  bias: usize,
  parameters: usize,
  padding: usize,
  outputZeroPoint: i32,
  clampMin: i32,
  clampMax: i32,
  rounding: i64,
  output: usize,
  scratch: usize,
): void {
  v128.store(scratch, i16x8.splat(<i16>outputZeroPoint));
  v128.store(scratch, i16x8.splat(<i16>clampMin), 16);
  v128.store(scratch, i16x8.splat(<i16>clampMax), 32);
  const rows = batches * outputHeight;
  for (let row = 0; row < rows; row++) {
    const batch = row / outputHeight;
    const image = input + <usize>(batch * height * width * channels);
    const y = (row - batch * outputHeight) * strideHeight - padTop;
    const target = output + <usize>(row * outputWidth * channels);
    if (strideWidth === 1)
      outputRow(
        1, image, y, height, width, channels, padLeft, outputWidth, weights, bias, parameters, padding, rounding,
        scratch, target,
      );
    else
      outputRow(
        2, image, y, height, width, channels, padLeft, outputWidth, weights, bias, parameters, padding, rounding,
        scratch, target,
      );
  }
}
