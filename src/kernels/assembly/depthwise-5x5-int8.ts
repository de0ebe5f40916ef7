import { highPairs, lowPairs, rowOf, stepOf } from './columns-int8';
import { min32 } from './integer';
import { CHANNEL_PARAMETERS, FLOAT_PATH, requantize, requantizeByScale } from './requantize';
import { storeEightWithin } from './store';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Bytes of the weights of eight channels for a column: three pairs of taps, the last with nothing. */
const COLUMN_WEIGHTS: usize = 96;

/** A sum and the lower four channels of one column of the window. */
@inline
function addLow(sum: v128, taps01: v128, taps23: v128, last: v128, weights: usize): v128 {
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(taps01, v128.load(weights)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(taps23, v128.load(weights, 32)));
  return i32x4.add(sum, i32x4.dot_i16x8_s(last, v128.load(weights, 64)));
}

/** The same for the upper four channels. */
@inline
function addHigh(sum: v128, taps01: v128, taps23: v128, last: v128, weights: usize): v128 {
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(taps01, v128.load(weights, 16)));
  sum = i32x4.add(sum, i32x4.dot_i16x8_s(taps23, v128.load(weights, 48)));
  return i32x4.add(sum, i32x4.dot_i16x8_s(last, v128.load(weights, 80)));
}

/** One row of outputs. @param stride a constant; `y` is the first row of the windows, `end` is behind their last column */
@inline
function outputRow(
  stride: i32,
  image: usize,
  y: i32,
  height: i32,
  width: i32,
  channels: i32,
  padLeft: i32,
  end: i32,
  weights: usize,
  bias: usize,
  parameters: usize,
  padding: usize,
  rounding: i64,
  zeroPoint: v128,
  min: v128,
  max: v128,
  output: usize,
): void {
  const rowBytes = width * channels;
  const row0 = rowOf(image, y, height, rowBytes, padding);
  const row1 = rowOf(image, y + 1, height, rowBytes, padding);
  const row2 = rowOf(image, y + 2, height, rowBytes, padding);
  const row3 = rowOf(image, y + 3, height, rowBytes, padding);
  const row4 = rowOf(image, y + 4, height, rowBytes, padding);
  const step0 = stepOf(y, height, channels);
  const step1 = stepOf(y + 1, height, channels);
  const step2 = stepOf(y + 2, height, channels);
  const step3 = stepOf(y + 3, height, channels);
  const step4 = stepOf(y + 4, height, channels);
  for (let channel = 0; channel < channels; channel += COLUMNS) {
    const panel = <usize>(channel >> 3);
    const w0 = weights + panel * 5 * COLUMN_WEIGHTS;
    const w1 = w0 + COLUMN_WEIGHTS;
    const w2 = w1 + COLUMN_WEIGHTS;
    const w3 = w2 + COLUMN_WEIGHTS;
    const w4 = w3 + COLUMN_WEIGHTS;
    const own = parameters + panel * CHANNEL_PARAMETERS;
    const isByScale = load<i32>(own, 48) === FLOAT_PATH;
    const scaleLow = v128.load(own);
    const scaleHigh = v128.load(own, 16);
    const rounder = v128.load(own, 32);
    const low = v128.load(bias + (panel << 5));
    const high = v128.load(bias + (panel << 5), 16);
    // Sums of the outputs that see the next column, the one that begins last first.
    let low0 = low;
    let high0 = high;
    let low1 = low;
    let high1 = high;
    let low2 = low;
    let high2 = high;
    let low3 = low;
    let high3 = high;
    let place = output;
    let column = 0;
    for (let x = -padLeft; x < end; ) {
      // A run of columns in the image, or one column beside it.
      const isInside = x >= 0 && x < width;
      const stop = isInside ? min32(width, end) : x + 1;
      let pixel0 = (isInside ? row0 + <usize>x * step0 : padding) + channel;
      let pixel1 = (isInside ? row1 + <usize>x * step1 : padding) + channel;
      let pixel2 = (isInside ? row2 + <usize>x * step2 : padding) + channel;
      let pixel3 = (isInside ? row3 + <usize>x * step3 : padding) + channel;
      let pixel4 = (isInside ? row4 + <usize>x * step4 : padding) + channel;
      for (; x < stop; x++, column++) {
        const a = v128.load8x8_s(pixel0);
        const b = v128.load8x8_s(pixel1);
        const c = v128.load8x8_s(pixel2);
        const d = v128.load8x8_s(pixel3);
        const e = v128.load8x8_s(pixel4);
        pixel0 += step0;
        pixel1 += step1;
        pixel2 += step2;
        pixel3 += step3;
        pixel4 += step4;
        const abLow = lowPairs(a, b);
        const abHigh = highPairs(a, b);
        const cdLow = lowPairs(c, d);
        const cdHigh = highPairs(c, d);
        const lastLow = lowPairs(e, e);
        const lastHigh = highPairs(e, e);
        let doneLow: v128;
        let doneHigh: v128;
        if (stride === 1) {
          doneLow = addLow(low3, abLow, cdLow, lastLow, w4);
          doneHigh = addHigh(high3, abHigh, cdHigh, lastHigh, w4);
          low3 = addLow(low2, abLow, cdLow, lastLow, w3);
          high3 = addHigh(high2, abHigh, cdHigh, lastHigh, w3);
          low2 = addLow(low1, abLow, cdLow, lastLow, w2);
          high2 = addHigh(high1, abHigh, cdHigh, lastHigh, w2);
          low1 = addLow(low0, abLow, cdLow, lastLow, w1);
          high1 = addHigh(high0, abHigh, cdHigh, lastHigh, w1);
        } else if ((column & 1) === 1) {
          low0 = addLow(low0, abLow, cdLow, lastLow, w1);
          high0 = addHigh(high0, abHigh, cdHigh, lastHigh, w1);
          low1 = addLow(low1, abLow, cdLow, lastLow, w3);
          high1 = addHigh(high1, abHigh, cdHigh, lastHigh, w3);
          continue;
        } else {
          doneLow = addLow(low1, abLow, cdLow, lastLow, w4);
          doneHigh = addHigh(high1, abHigh, cdHigh, lastHigh, w4);
          low1 = addLow(low0, abLow, cdLow, lastLow, w2);
          high1 = addHigh(high0, abHigh, cdHigh, lastHigh, w2);
        }
        low0 = addLow(low, abLow, cdLow, lastLow, w0);
        high0 = addHigh(high, abHigh, cdHigh, lastHigh, w0);
        if (column < 4) continue;
        let bytes: v128;
        if (isByScale) {
          const value = requantizeByScale(doneLow, doneHigh, scaleLow, scaleHigh, rounder);
          bytes = i8x16.narrow_i16x8_s(value, value);
        } else bytes = requantize(doneLow, doneHigh, own, rounding, zeroPoint, min, max);
        storeEightWithin(place, channel, channels, bytes);
        place += channels;
      }
    }
  }
}

/**
 * Depthwise convolution with a window of 5×5, int8, depth multiplier 1, horizontal stride 1 or 2. Each column of pixels is
 * read and paired once; then it goes into all outputs that see it.
 * @param input NHWC
 * @param weights int16 [channels/8][columns][pairs of rows][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [channels/8][8], the input's zero point folded in
 * @param parameters [channels/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param padding a pixel of input zero points
 * @param scratch not needed; 7 bytes of slack behind all tensors
 */
export function depthwise_5x5_int8_8_dot16(
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
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  const end = (outputWidth - 1) * strideWidth + filterWidth - padLeft;
  const rows = batches * outputHeight;
  for (let row = 0; row < rows; row++) {
    const batch = row / outputHeight;
    const image = input + <usize>(batch * height * width * channels);
    const y = (row - batch * outputHeight) * strideHeight - padTop;
    const target = output + <usize>(row * outputWidth * channels);
    if (strideWidth === 1)
      outputRow(
        1, image, y, height, width, channels, padLeft, end, weights, bias, parameters, padding, rounding,
        zeroPoint, min, max, target,
      );
    else
      outputRow(
        2, image, y, height, width, channels, padLeft, end, weights, bias, parameters, padding, rounding,
        zeroPoint, min, max, target,
      );
  }
}
