import { aligned, bytesPerElement } from '../core/index.js';
import { type Kernel, type Site, type TransposeConvAttributes, transposeConvGeometry } from '../ops/index.js';
import type { FastKernel, KernelName } from './fast-kernel.js';
import type { LayerOf, WeightedLayer } from './weighted.js';

type Layer = FastKernel<TransposeConvAttributes>;
type KernelOf = (layerOf: LayerOf<TransposeConvAttributes>) => Layer;

/** One of `stride` sets of output rows or columns: those that the same taps of the filter reach. */
interface Phase {
  /** Output rows are `first`, `first` + stride, …, so many. */
  readonly first: number;
  readonly count: number;
  /** Taps of the filter in the order of the inputs: the last one first. */
  readonly taps: readonly number[];
  /** Padding of the convolution that takes the inputs to these rows. */
  readonly padding: number;
}

function phases(output: number, filter: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: Math.min(stride, output) }, (_, first) => {
    const last = Math.floor((first + pad) / stride);
    const taps: number[] = [];
    for (let tap = (first + pad) % stride; tap < filter; tap += stride) taps.unshift(tap);
    return { first, count: Math.ceil((output - first) / stride), taps, padding: taps.length - 1 - last };
  });
}

/** A convolution for the output pixels of one phase of rows and one of columns. */
interface Part {
  readonly rows: Phase;
  readonly columns: Phase;
  readonly layerOf: LayerOf<TransposeConvAttributes>;
}

const geometryOf = ({ inputs: [input, weights], attributes }: Site<TransposeConvAttributes>) =>
  transposeConvGeometry(input!, weights!, attributes);

function partsOf(site: Site<TransposeConvAttributes>): Part[] {
  const { outputHeight, outputWidth, filterHeight, filterWidth, ...geometry } = geometryOf(site);
  const { strideHeight, strideWidth, padTop, padLeft } = geometry;
  const columnPhases = phases(outputWidth, filterWidth, strideWidth, padLeft);
  return phases(outputHeight, filterHeight, strideHeight, padTop).flatMap((rows) =>
    columnPhases.map((columns) => ({ rows, columns, layerOf: (other) => layerOf(other, rows, columns) })),
  );
}

function layerOf(site: Site<TransposeConvAttributes>, rows: Phase, columns: Phase): WeightedLayer {
  const geometry = geometryOf(site);
  const { filterHeight, filterWidth, inputChannels } = geometry;
  const [height, width] = [rows.taps.length, columns.taps.length];
  return {
    ...geometry,
    outputHeight: rows.count,
    outputWidth: columns.count,
    filterHeight: height,
    filterWidth: width,
    padTop: rows.padding,
    padLeft: columns.padding,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    groups: 1,
    taps: height * width * inputChannels,
    filterChannels: inputChannels,
    weightAt(channel, tap) {
      const pixel = Math.floor(tap / inputChannels);
      const ky = rows.taps[Math.floor(pixel / width)]!;
      const kx = columns.taps[pixel % width]!;
      return ((channel * filterHeight + ky) * filterWidth + kx) * inputChannels + (tap % inputChannels);
    },
  };
}

/** Numbers of a record of `assembly/move-runs.ts`. */
const RECORD_LENGTH = 9;

/** A part with its kernel, and where its constants and its output lie. */
interface PlacedPart extends Part {
  readonly kernel: Layer;
  readonly constants: { readonly offset: number; readonly bytes: number };
  readonly output: number;
}

/** Lays out constants, the records of the moves last, and scratch memory: outputs, then what a convolution wants for itself. */
function layOut(
  site: Site<TransposeConvAttributes>,
  reference: Kernel<TransposeConvAttributes>,
  kernelOf: KernelOf,
) {
  const { batches, outputChannels } = geometryOf(site);
  const pixelBytes = outputChannels * bytesPerElement(site.outputs[0]!.dtype);
  let records = 0;
  let scratch = 0;
  let ownScratch = 0;
  const parts = partsOf(site).map((part): PlacedPart => {
    const kernel = kernelOf(part.layerOf);
    const { constantBytes = 0, scratchBytes = 0 } = kernel.plan(site, reference);
    const placed = { ...part, kernel, constants: { offset: records, bytes: constantBytes }, output: scratch };
    records += aligned(constantBytes);
    scratch += aligned(batches * part.rows.count * part.columns.count * pixelBytes);
    ownScratch = Math.max(ownScratch, scratchBytes);
    return placed;
  });
  return { parts, pixelBytes, records, scratch, ownScratch, calls: parts.length * batches };
}

/** Where the pixels of each part go. */
function recordsOf(
  site: Site<TransposeConvAttributes>,
  { parts, pixelBytes }: ReturnType<typeof layOut>,
): number[] {
  const { batches, outputHeight, outputWidth, strideHeight, strideWidth } = geometryOf(site);
  return parts.flatMap(({ rows, columns, output }) =>
    Array.from({ length: batches }, (_, batch) => [
      output + batch * rows.count * columns.count * pixelBytes,
      ((batch * outputHeight + rows.first) * outputWidth + columns.first) * pixelBytes,
      pixelBytes,
      columns.count,
      pixelBytes,
      strideWidth * pixelBytes,
      rows.count,
      columns.count * pixelBytes,
      strideHeight * outputWidth * pixelBytes,
    ]).flat(),
  );
}

/**
 * transpose_conv as one convolution for each phase of the strides, into scratch memory, from where the pixels are moved to their
 * places. The inputs that reach an output come in the same order.
 * @param name what the kernels are called that `kernelOf` gives, each for a layer with weights
 */
export const transposeConvolution = (name: KernelName, kernelOf: KernelOf): Layer => ({
  name,
  serves: (site, reference) =>
    partsOf(site).every(
      ({ rows, columns, layerOf }) =>
        rows.taps.length > 0 && columns.taps.length > 0 && kernelOf(layerOf).serves(site, reference),
    ),
  plan(site, reference) {
    const { records, scratch, ownScratch, calls } = layOut(site, reference, kernelOf);
    return { constantBytes: records + calls * RECORD_LENGTH * 4, scratchBytes: scratch + ownScratch };
  },
  pack(site, constants, reference) {
    const layout = layOut(site, reference, kernelOf);
    for (const {
      kernel,
      constants: { offset, bytes },
    } of layout.parts)
      kernel.pack?.(site, constants.subarray(offset, offset + bytes), reference);
    const records = recordsOf(site, layout);
    new Int32Array(constants.buffer, constants.byteOffset + layout.records, records.length).set(records);
  },
  bind(site, { inputs, outputs, constants, scratch }, reference, kernels) {
    const layout = layOut(site, reference, kernelOf);
    const runs = layout.parts.map(({ kernel, constants: { offset, bytes }, output }) =>
      kernel.bind(
        site,
        {
          inputs,
          outputs: [scratch.subarray(output)],
          constants: constants.subarray(offset, offset + bytes),
          scratch: scratch.subarray(layout.scratch),
        },
        reference,
        kernels,
      ),
    );
    const call = [
      scratch.byteOffset,
      outputs[0]!.byteOffset,
      constants.byteOffset + layout.records,
      layout.calls,
      0,
    ];
    return () => {
      for (const run of runs) run();
      kernels.move_runs(...call);
    };
  },
});
