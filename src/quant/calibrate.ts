import { type Graph, inputError, type Tensor } from '../core/index.js';
import { buildProgram, type KernelModules, openPlace } from '../engine/index.js';
import {
  CALIBRATORS,
  type Calibrator,
  type OtherCalibrator,
  type RangeObserver,
  startObserver,
} from './calibrator.js';
import { type ChannelRanges, channelCount, openChannelRanges, rangeBytes } from './channel-ranges.js';
import { scaleAndShift, scaledName } from './expand.js';
import { mergeAll } from './merge.js';
import { type Range, rangeOf } from './parameters.js';

/** Collects the range of every activation of a network, one image after the other. */
export interface Calibration {
  /** Runs one image, NHWC float32. @throws QpannError that names the tensor in which a NaN shows up */
  observe(image: Float32Array): void;
  /**
   * Ranges seen so far, by tensor name: of the tensors of the merged network, of those that only the Reference has, and of
   * the products that `expandBatchNorm` makes.
   */
  ranges(): ReadonlyMap<string, Range>;
}

/**
 * Minimum and maximum of every activation over the calibration images (thesis 4.2.1). TensorFlow's converter calibrates
 * the float network whose layers are merged already, which differs from the Reference in the last bits: its ranges
 * count. Activations that merging removes, and x·scale of every batch normalization, are the Reference's.
 * @param kernels the fast kernels, if the runtime has them
 * @param calibrator what takes the place of minimum and maximum
 */
export function startCalibration(
  reference: Graph,
  kernels?: KernelModules,
  calibrator: Calibrator = CALIBRATORS.minmax,
): Calibration {
  const merged = mergeAll(reference);
  const graphs = isSame(merged, reference) ? [reference] : [reference, merged];
  const norms = reference.nodes.filter(({ op }) => op === 'batch_norm');
  const normalized = new Set(norms.map(({ inputs }) => inputs[0]!));
  let ownBytes = 0;
  const places = graphs.map((graph) =>
    activationsOf(graph).map((tensor) => {
      const channels = channelCount(tensor, normalized.has(tensor.name));
      const offset = ownBytes;
      ownBytes += rangeBytes(channels);
      return { name: tensor.name, channels, offset };
    }),
  );
  const place = openPlace(buildProgram(graphs, { ...(kernels && { kernels }), ownBytes }));
  const [models] = place.samples;
  const recorded = places.map(
    (tensors) =>
      new Map(
        tensors.map(({ name, channels, offset }): [string, ChannelRanges] => [
          name,
          openChannelRanges(place, place.own + offset, channels),
        ]),
      ),
  );
  const products = norms.map((norm) => ({
    name: scaledName(norm.outputs[0]!),
    source: norm.inputs[0]!,
    input: recorded[0]!.get(norm.inputs[0]!)!,
    scale: scaleAndShift(reference, norm).scale,
  }));
  const observers = new Map<string, RangeObserver>();
  const isMerged = (m: number, name: string): boolean => m === 0 && (recorded[1]?.has(name) ?? false);
  const look = (m: number, name: string, values: Float32Array, chosen: OtherCalibrator): void => {
    const observe = (tensor: string, seen: Float32Array): void => {
      const observer = observers.get(tensor) ?? startObserver(chosen);
      observers.set(tensor, observer);
      observer.observe(seen);
    };
    if (!isMerged(m, name)) observe(name, values);
    if (m > 0) return;
    for (const { source, name: product, scale } of products)
      if (source === name)
        observe(
          product,
          values.map((x, i) => x * scale[i % scale.length]!),
        );
  };
  const ranges = (): Map<string, Range> => {
    const found = new Map<string, Range>();
    const add = (m: number, name: string, range: Range): void => {
      if (Number.isNaN(range.min)) throw notANumber(name);
      const { min, max } = (isMerged(m, name) ? undefined : observers.get(name)?.range(range)) ?? range;
      found.set(name, { min: min + 0, max: max + 0 });
    };
    recorded.forEach((tensors, m) => {
      for (const [name, channels] of tensors)
        add(m, name, rangeOf(Float32Array.of(...channels.min, ...channels.max)));
      if (m === 0) for (const { name, input, scale } of products) add(m, name, productRange(input, scale));
    });
    return found;
  };
  return {
    observe(image) {
      models!.forEach((model, m) => {
        model.run([image], {
          tap({ name }, data) {
            const channels = recorded[m]!.get(name);
            if (channels === undefined) return;
            channels.widen(data as Float32Array);
            if (calibrator.method !== 'minmax') look(m, name, data as Float32Array, calibrator);
          },
        });
      });
      for (const tensors of recorded)
        for (const [name, { min }] of tensors) if (min.some(Number.isNaN)) throw notANumber(name);
    },
    ranges,
  };
}

const notANumber = (name: string): Error => inputError(`tensor ${name} is not a number during calibration`);

/** The tensors whose ranges are wanted, in the order in which they are computed. */
const activationsOf = (graph: Graph): Tensor[] =>
  [...graph.inputs, ...graph.nodes.flatMap(({ outputs }) => outputs)]
    .map((name) => graph.tensors.get(name)!)
    .filter(({ dtype }) => dtype === 'float32');

/** Range of x·scale: rounding keeps the order, so the ends are products of the ends. */
const productRange = ({ min, max }: ChannelRanges, scale: Float32Array): Range =>
  rangeOf(Float32Array.from([min, max].flatMap((ends) => [...ends.map((end, c) => end * scale[c]!)])));

/** Whether merging has changed nothing. */
const isSame = (merged: Graph, reference: Graph): boolean =>
  merged.nodes.length === reference.nodes.length &&
  merged.nodes.every(({ op, outputs }, i) => {
    const other = reference.nodes[i]!;
    return op === other.op && String(outputs) === String(other.outputs);
  });
