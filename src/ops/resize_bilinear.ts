import { inputError, integerRange, roundHalfAwayFromZero, type TensorData } from '../core/index.js';
import { defineOp, type Kernel, type Requantization, type Site, type Trace } from './define.js';
import { clampInto } from './support/requantize.js';
import { type Image, type ResizeAttributes, resizedShape } from './support/resize.js';
import { requireSharedQuantization } from './support/shared.js';

/** The input's rows or columns on both sides of an output row or column. */
interface Neighbours {
  readonly before: number;
  readonly after: number;
  /** How far behind `before` it lies, in units of the kernel; outside of [0, 1) at the borders, where both are one pixel. */
  readonly distance: number;
}

type Locate = (
  position: number,
  inputSize: number,
  outputSize: number,
  attributes: ResizeAttributes,
) => Neighbours;

/** What a pixel is between four of the input's, `y` and `x` behind the first of them. */
type Mix = (a: number, below: number, right: number, diagonal: number, y: number, x: number) => number;

/** TensorFlow Lite's `ComputeInterpolationValues`: every step rounds to float32. */
const locateFloat: Locate = (position, inputSize, outputSize, { alignCorners, halfPixelCenters }) => {
  const f = Math.fround;
  const scale =
    alignCorners && outputSize > 1 ? f((inputSize - 1) / (outputSize - 1)) : f(inputSize / outputSize);
  const at = halfPixelCenters ? f(f(f(position + 0.5) * scale) - 0.5) : f(position * scale);
  const before = Math.max(Math.floor(at), 0);
  return { before, after: Math.min(Math.ceil(at), inputSize - 1), distance: f(at - before) };
};

/** `bias` is what makes a truncation round to nearest. */
const mixFloat =
  (bias: number): Mix =>
  (a, below, right, diagonal, y, x) => {
    const f = Math.fround;
    const [aboveY, leftX] = [f(1 - y), f(1 - x)];
    const left = f(f(f(a * aboveY) * leftX) + f(f(below * y) * leftX));
    return f(f(f(left + f(f(right * aboveY) * x)) + f(f(diagonal * y) * x)) + bias);
  };

/** 1 in the unit of the integer kernel. */
const ONE = 1024;

/**
 * TensorFlow Lite's `ComputeInterpolationValuesInteger`. The rounded scale may lead past the last pixel: TensorFlow Lite
 * then reads memory beyond the row, here it is the last pixel.
 */
const locateInteger: Locate = (position, inputSize, outputSize, { alignCorners, halfPixelCenters }) => {
  const fewer = alignCorners && outputSize > 1 ? 1 : 0;
  const steps = outputSize - fewer;
  const scale = Math.trunc((ONE * (inputSize - fewer) + Math.trunc(steps / 2)) / steps);
  const at = position * scale + (halfPixelCenters ? Math.trunc(scale / 2) - ONE / 2 : 0);
  const before = Math.min(Math.max(Math.trunc(at / ONE), 0), inputSize - 1);
  const after = Math.min(Math.trunc((at + ONE - 1) / ONE), inputSize - 1);
  return { before, after, distance: at - ONE * before };
};

/** In units of 1 / `ONE`². */
const mixInteger: Mix = (a, below, right, diagonal, y, x) => {
  const [aboveY, leftX] = [ONE - y, ONE - x];
  return a * aboveY * leftX + below * y * leftX + right * aboveY * x + diagonal * y * x;
};

/** The neighbours of every index of a dimension of the output. */
function neighbours(
  { inputs: [input], outputs: [output], attributes }: Site<ResizeAttributes>,
  dimension: number,
  locate: Locate,
): Neighbours[] {
  const [from, to] = [input!.shape[dimension]!, output!.shape[dimension]!];
  return Array.from({ length: to }, (_, position) => locate(position, from, to, attributes));
}

/** The input's rows (`dimension` 1) or columns (2) between which the output's lie, as the float32 or the int8 kernel sees them. */
export const resizeNeighbours = (site: Site<ResizeAttributes>, dimension: number): Neighbours[] =>
  neighbours(site, dimension, site.inputs[0]!.dtype === 'float32' ? locateFloat : locateInteger);

/** Takes the mixture for one output element. */
type StoreMixture = (index: number, mixture: number, trace?: Trace) => void;

/** TensorFlow Lite kernels/internal/reference/resize_bilinear.h, `ResizeBilinear` and `ResizeBilinearInteger`. */
const bilinear = (
  locate: Locate,
  mix: Mix,
  storeInto: (output: TensorData, site: Site<ResizeAttributes>) => StoreMixture,
): Kernel<ResizeAttributes> => ({
  prepare(site, buffers) {
    requireSharedQuantization(site);
    const data = buffers.inputs[0] as Float32Array;
    const store = storeInto(buffers.outputs[0]!, site);
    const [batches, height, width, channels] = site.inputs[0]!.shape as Image;
    const [rows, columns] = [neighbours(site, 1, locate), neighbours(site, 2, locate)];
    return (trace) => {
      let index = 0;
      for (let batch = 0; batch < batches; batch++)
        for (const row of rows) {
          const before = (batch * height + row.before) * width;
          const after = (batch * height + row.after) * width;
          for (const column of columns)
            for (let channel = 0; channel < channels; channel++)
              store(
                index++,
                mix(
                  data[(before + column.before) * channels + channel]!,
                  data[(after + column.before) * channels + channel]!,
                  data[(before + column.after) * channels + channel]!,
                  data[(after + column.after) * channels + channel]!,
                  row.distance,
                  column.distance,
                ),
                trace,
              );
        }
    };
  },
});

const asIs =
  (output: TensorData): StoreMixture =>
  (index, mixture) => {
    output[index] = mixture;
  };

const mixRounded = mixFloat(0.5);

/** TensorFlow Lite takes unsigned bytes through floats. */
const mixBytes: Mix = (...pixels) => Math.trunc(mixRounded(...pixels));

/** Integers are mixed as they are; the kernel counts distances in units of 1 / `unit`. */
const requantization = ({ outputs: [output] }: Site<ResizeAttributes>): Requantization => ({
  accumulator: output!.quantization!.bits > 8 ? 'int64' : 'int32',
  rescales: {},
  inputZeroPoints: [0],
  outputZeroPoint: 0,
  clamp: integerRange(output!.quantization!.bits),
  constants: { unit: ONE },
});

/** Rounds to nearest, halves away from zero. */
const rounded = (output: TensorData, site: Site<ResizeAttributes>): StoreMixture => {
  const store = clampInto(output, requantization(site));
  return (index, mixture, trace) =>
    store(index, mixture, roundHalfAwayFromZero(mixture / (ONE * ONE)), trace);
};

const integer: Kernel<ResizeAttributes> = {
  requantization,
  ...bilinear(locateInteger, mixInteger, rounded),
};

/** An image of another size, each pixel a mixture of the four around it. */
export const resizeBilinear = defineOp({
  name: 'resize_bilinear',
  inferShapes([input], attributes: ResizeAttributes) {
    if (attributes.alignCorners && attributes.halfPixelCenters)
      throw inputError('cannot both align corners and have half pixel centers');
    return [resizedShape(input!, attributes)];
  },
  layouts: { inputs: ['NHWC'], outputs: ['NHWC'] },
  macs: () => 0,
  quantization: { output: 'shared', flags: [] },
  kernels: {
    float32: bilinear(locateFloat, mixFloat(0), asIs),
    int8: integer,
    uint8: bilinear(locateFloat, mixBytes, asIs),
    int16: integer,
  },
});
