import { CHANNEL_PARAMETERS, FLOAT_PATH, requantize, requantizeByScale } from './requantize';
import { storeFirst } from './store';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Bytes of the weights of eight channels for one column of the window: taps 0 and 1 as pairs, then tap 2 with nothing. */
const COLUMN_WEIGHTS: usize = 64;

/** Two rows of int16 side by side: pairs of taps of the lower or the upper four of eight channels. */
@inline
function pairLow(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function pairHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** A sum and one column of the window: the lower or the upper four channels. */
@inline
function addColumn(sum: v128, taps01: v128, tap2: v128, weights01: v128, weights2: v128): v128 {
  return i32x4.add(i32x4.add(sum, i32x4.dot_i16x8_s(taps01, weights01)), i32x4.dot_i16x8_s(tap2, weights2));
}

/**
 * Depthwise convolution with a 3×3 window, int8, depth multiplier 1, horizontal stride 1 or 2. Each column of three pixels is
 * read and paired once; then it goes into all outputs that see it.
 * @param input NHWC
 * @param weights int16 [channels/8][3 columns][2][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [channels/8][8], the input's zero point folded in
 * @param parameters [channels/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param padding a pixel of input zero points
 * @param scratch not used; 15 bytes of slack behind all tensors
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
  const zeroPoint = i16x8.splat(<i16>outputZeroPoint);
  const min = i16x8.splat(<i16>clampMin);
  const max = i16x8.splat(<i16>clampMax);
  const nothing = i8x16.splat(0);
  const rowBytes = width * channels;
  const end = (outputWidth - 1) * strideWidth + 3 - padLeft;
  for (let batch = 0; batch < batches; batch++) {
    const image = input + <usize>(batch * height * rowBytes);
    for (let outputY = 0; outputY < outputHeight; outputY++) {
      const y = outputY * strideHeight - padTop;
      const has0 = y >= 0 && y < height;
      const has1 = y + 1 >= 0 && y + 1 < height;
      const has2 = y + 2 >= 0 && y + 2 < height;
      const row0 = has0 ? image + <usize>(y * rowBytes) : padding;
      const row1 = has1 ? image + <usize>((y + 1) * rowBytes) : padding;
      const row2 = has2 ? image + <usize>((y + 2) * rowBytes) : padding;
      const step0 = has0 ? channels : 0;
      const step1 = has1 ? channels : 0;
      const step2 = has2 ? channels : 0;
      const outputRow = output + <usize>((batch * outputHeight + outputY) * outputWidth * channels);
      for (let channel = 0; channel < channels; channel += COLUMNS) {
        const panel = <usize>(channel >> 3);
        const w = weights + panel * 3 * COLUMN_WEIGHTS;
        const own = parameters + panel * CHANNEL_PARAMETERS;
        const isByScale = load<i32>(own, 48) === FLOAT_PATH;
        const scaleLow = v128.load(own);
        const scaleHigh = v128.load(own, 16);
        const rounder = v128.load(own, 32);
        const rest = channels - channel;
        const low = v128.load(bias + (panel << 5));
        const high = v128.load(bias + (panel << 5), 16);
        // Sums of the output that is ended next, and with stride 1 of the one behind it.
        let lastLow = low;
        let lastHigh = high;
        let nextLow = low;
        let nextHigh = high;
        let place = outputRow + channel;
        // The column of the first output's window that comes next; later ones end an output each, or each second one does.
        let column = 0;
        for (let x = -padLeft; x < end; ) {
          // A run of columns in the image, or one column beside it.
          const isInside = x >= 0 && x < width;
          const stop = isInside ? (width < end ? width : end) : x + 1;
          let pixel0 = (isInside ? row0 + <usize>(x * step0) : padding) + channel;
          let pixel1 = (isInside ? row1 + <usize>(x * step1) : padding) + channel;
          let pixel2 = (isInside ? row2 + <usize>(x * step2) : padding) + channel;
          if (strideWidth === 1) {
            for (; x < stop; x++) {
              const a = v128.load8x8_s(pixel0);
              const b = v128.load8x8_s(pixel1);
              const c = v128.load8x8_s(pixel2);
              pixel0 += step0;
              pixel1 += step1;
              pixel2 += step2;
              const abLow = pairLow(a, b);
              const abHigh = pairHigh(a, b);
              const cLow = pairLow(c, nothing);
              const cHigh = pairHigh(c, nothing);
              const doneLow = addColumn(lastLow, abLow, cLow, v128.load(w, 128), v128.load(w, 160));
              const doneHigh = addColumn(lastHigh, abHigh, cHigh, v128.load(w, 144), v128.load(w, 176));
              lastLow = addColumn(nextLow, abLow, cLow, v128.load(w, 64), v128.load(w, 96));
              lastHigh = addColumn(nextHigh, abHigh, cHigh, v128.load(w, 80), v128.load(w, 112));
              nextLow = addColumn(low, abLow, cLow, v128.load(w, 0), v128.load(w, 32));
              nextHigh = addColumn(high, abHigh, cHigh, v128.load(w, 16), v128.load(w, 48));
              if (column < 2) {
                column++;
                continue;
              }
              let bytes: v128;
              if (isByScale) {
                const value = requantizeByScale(doneLow, doneHigh, scaleLow, scaleHigh, rounder);
                bytes = i8x16.narrow_i16x8_s(value, value);
              } else bytes = requantize(doneLow, doneHigh, own, rounding, zeroPoint, min, max);
              if (rest >= COLUMNS) v128.store64_lane(place, bytes, 0);
              else storeFirst(place, bytes, rest);
              place += channels;
            }
          } else {
            for (; x < stop; x++) {
              const a = v128.load8x8_s(pixel0);
              const b = v128.load8x8_s(pixel1);
              const c = v128.load8x8_s(pixel2);
              pixel0 += step0;
              pixel1 += step1;
              pixel2 += step2;
              const abLow = pairLow(a, b);
              const abHigh = pairHigh(a, b);
              const cLow = pairLow(c, nothing);
              const cHigh = pairHigh(c, nothing);
              if (column === 1) {
                lastLow = addColumn(lastLow, abLow, cLow, v128.load(w, 64), v128.load(w, 96));
                lastHigh = addColumn(lastHigh, abHigh, cHigh, v128.load(w, 80), v128.load(w, 112));
                column = 2;
                continue;
              }
              const doneLow = addColumn(lastLow, abLow, cLow, v128.load(w, 128), v128.load(w, 160));
              const doneHigh = addColumn(lastHigh, abHigh, cHigh, v128.load(w, 144), v128.load(w, 176));
              lastLow = addColumn(low, abLow, cLow, v128.load(w, 0), v128.load(w, 32));
              lastHigh = addColumn(high, abHigh, cHigh, v128.load(w, 16), v128.load(w, 48));
              const isDone = column === 2;
              column = 1;
              if (!isDone) continue;
              let bytes: v128;
              if (isByScale) {
                const value = requantizeByScale(doneLow, doneHigh, scaleLow, scaleHigh, rounder);
                bytes = i8x16.narrow_i16x8_s(value, value);
              } else bytes = requantize(doneLow, doneHigh, own, rounding, zeroPoint, min, max);
              if (rest >= COLUMNS) v128.store64_lane(place, bytes, 0);
              else storeFirst(place, bytes, rest);
              place += channels;
            }
          }
        }
      }
    }
  }
}
