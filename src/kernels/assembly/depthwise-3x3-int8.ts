import { CHANNEL_PARAMETERS, requantize } from './requantize';

/** Channels that are computed together. */
const COLUMNS = 8;

/** Bytes of the weights of eight channels for one column of the window: taps 0 and 1 as pairs, then tap 2 with nothing. */
const COLUMN_WEIGHTS: usize = 64;

/** Taps a and b of eight channels, interleaved as int8. */
@inline
function interleave(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/** A sum and one column of the window: the lower or the upper four channels. */
@inline
function addColumn(sum: v128, taps01: v128, tap2: v128, weights: usize): v128 {
  return i32x4.add(
    i32x4.add(sum, i32x4.dot_i16x8_s(taps01, v128.load(weights))),
    i32x4.dot_i16x8_s(tap2, v128.load(weights, 32)),
  );
}

/**
 * Depthwise convolution with a 3×3 window, int8, depth multiplier 1, horizontal stride 1 or 2. Each column of three pixels is
 * read and interleaved once; with stride 1 it goes at once into the three outputs that see it.
 * @param input NHWC
 * @param weights int16 [channels/8][3 columns][2][8][2], zero point subtracted, zeros for what is missing
 * @param bias int32 [channels/8][8], the input's zero point folded in
 * @param parameters [channels/8] × `CHANNEL_PARAMETERS`, see requantize.ts
 * @param padding a pixel of input zero points
 * @param scratch 8 bytes; 15 bytes of slack behind all tensors
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
  const columns = (outputWidth - 1) * strideWidth + 3;
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
      const step0: usize = has0 ? channels : 0;
      const step1: usize = has1 ? channels : 0;
      const step2: usize = has2 ? channels : 0;
      const outputRow = output + <usize>((batch * outputHeight + outputY) * outputWidth * channels);
      for (let channel = 0; channel < channels; channel += COLUMNS) {
        const panel = <usize>(channel >> 3);
        const w0 = weights + panel * 3 * COLUMN_WEIGHTS;
        const w1 = w0 + COLUMN_WEIGHTS;
        const w2 = w1 + COLUMN_WEIGHTS;
        const panelParameters = parameters + panel * CHANNEL_PARAMETERS;
        const isWhole = channel + COLUMNS <= channels;
        const low = v128.load(bias + (panel << 5));
        const high = v128.load(bias + (panel << 5), 16);
        // Sums of the output that this column ends, of the one that it is in the middle of.
        let lastLow = low;
        let lastHigh = high;
        let nextLow = low;
        let nextHigh = high;
        let pixel0 = row0 + channel;
        let pixel1 = row1 + channel;
        let pixel2 = row2 + channel;
        let place = outputRow + channel;
        // With stride 2, which column of the window this is for the output that is being summed.
        let phase = 0;
        for (let column = 0; column < columns; column++) {
          const x = column - padLeft;
          const isInside = x >= 0 && x < width;
          const a = v128.load64_zero(isInside ? pixel0 : padding + channel);
          const b = v128.load64_zero(isInside ? pixel1 : padding + channel);
          const c = v128.load64_zero(isInside ? pixel2 : padding + channel);
          if (isInside) {
            pixel0 += step0;
            pixel1 += step1;
            pixel2 += step2;
          }
          const ab = interleave(a, b);
          const c0 = interleave(c, nothing);
          const abLow = i16x8.extend_low_i8x16_s(ab);
          const abHigh = i16x8.extend_high_i8x16_s(ab);
          const cLow = i16x8.extend_low_i8x16_s(c0);
          const cHigh = i16x8.extend_high_i8x16_s(c0);
          let isDone = column >= 2;
          if (strideWidth === 1) {
            const doneLow = addColumn(lastLow, abLow, cLow, w2);
            const doneHigh = addColumn(lastHigh, abHigh, cHigh, w2 + 16);
            lastLow = addColumn(nextLow, abLow, cLow, w1);
            lastHigh = addColumn(nextHigh, abHigh, cHigh, w1 + 16);
            nextLow = addColumn(low, abLow, cLow, w0);
            nextHigh = addColumn(high, abHigh, cHigh, w0 + 16);
            if (!isDone) continue;
            const bytes = requantize(doneLow, doneHigh, panelParameters, rounding, zeroPoint, min, max);
            v128.store64_lane(isWhole ? place : scratch, bytes, 0);
          } else {
            if (phase === 1) {
              lastLow = addColumn(lastLow, abLow, cLow, w1);
              lastHigh = addColumn(lastHigh, abHigh, cHigh, w1 + 16);
              phase = 0;
              continue;
            }
            phase = 1;
            const doneLow = addColumn(lastLow, abLow, cLow, w2);
            const doneHigh = addColumn(lastHigh, abHigh, cHigh, w2 + 16);
            lastLow = addColumn(low, abLow, cLow, w0);
            lastHigh = addColumn(high, abHigh, cHigh, w0 + 16);
            if (!isDone) continue;
            const bytes = requantize(doneLow, doneHigh, panelParameters, rounding, zeroPoint, min, max);
            v128.store64_lane(isWhole ? place : scratch, bytes, 0);
          }
          if (!isWhole)
            for (let rest = 0; rest < channels - channel; rest++) store<i8>(place + rest, load<i8>(scratch + rest));
          place += channels;
        }
      }
    }
  }
}
