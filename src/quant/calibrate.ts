import { type Graph, inputError, type Tensor } from '../core/index.js';
import { buildProgram, type KernelModules, openPlace } from '../engine/index.js';
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
 */
export function startCalibration(reference: Graph, kernels?: KernelModules): Calibration {
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
    input: recorded[0]!.get(norm.inputs[0]!)!,
    scale: scaleAndShift(reference, norm).scale,
  }));
  const ranges = (): Map<string, Range> => {
    const found = new Map<string, Range>();
    const add = (name: string, range: Range): void => {
      if (Number.isNaN(range.min)) throw notANumber(name);
      found.set(name, { min: range.min + 0, max: range.max + 0 });
    };
    recorded.forEach((tensors, m) => {
      for (const [name, channels] of tensors) add(name, rangeOf([...channels.min, ...channels.max]));
      if (m === 0) for (const { name, input, scale } of products) add(name, productRange(input, scale));
    });
    return found;
  };
  return {
    observe(image) {
      models!.forEach((model, m) => {
        model.run([image], {
          tap({ name }, data) {
            recorded[m]!.get(name)?.widen(data as Float32Array);
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
  rangeOf([min, max].flatMap((ends) => [...ends.map((end, c) => end * scale[c]!)]));

/** Whether merging has changed nothing. */
const isSame = (merged: Graph, reference: Graph): boolean =>
  merged.nodes.length === reference.nodes.length &&
  merged.nodes.every(({ op, outputs }, i) => {
    const other = reference.nodes[i]!;
    return op === other.op && String(outputs) === String(other.outputs);
  });
