import { type Graph, inputError } from '../core/index.js';
import { compile, type KernelModules } from '../engine/index.js';
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
  const models = compile(isSame(merged, reference) ? [reference] : [reference, merged], kernels);
  const norms = reference.nodes.filter(({ op }) => op === 'batch_norm');
  const products = norms.map((norm) => ({
    input: norm.inputs[0]!,
    name: scaledName(norm.outputs[0]!),
    scale: scaleAndShift(reference, norm).scale,
  }));
  const rangesOf = models.map(() => new Map<string, Range>());
  const widen = (ranges: Map<string, Range>, name: string, { min, max }: Range): void => {
    if (Number.isNaN(min)) throw inputError(`tensor ${name} is not a number during calibration`);
    const known = ranges.get(name) ?? { min, max };
    ranges.set(name, { min: Math.min(known.min, min), max: Math.max(known.max, max) });
  };
  return {
    observe(image) {
      models.forEach((model, m) => {
        const ranges = rangesOf[m]!;
        model.run([image], {
          tap({ name, dtype }, data) {
            if (dtype !== 'float32') return;
            const values = data as Float32Array;
            widen(ranges, name, rangeOf(values));
            if (m > 0) return;
            for (const { input, name: product, scale } of products)
              if (input === name)
                widen(ranges, product, rangeOf(values.map((x, i) => x * scale[i % scale.length]!)));
          },
        });
      });
    },
    ranges: () => new Map(rangesOf.flatMap((ranges) => [...ranges])),
  };
}

/** Whether merging has changed nothing. */
const isSame = (merged: Graph, reference: Graph): boolean =>
  merged.nodes.length === reference.nodes.length &&
  merged.nodes.every(({ op, outputs }, i) => {
    const other = reference.nodes[i]!;
    return op === other.op && String(outputs) === String(other.outputs);
  });
