import { type Graph, inputError } from '../core/index.js';
import { compile } from '../engine/index.js';
import { scaleAndShift, scaledName } from './merge.js';
import { type Range, rangeOf } from './parameters.js';

/** Collects the range of every activation of a network, one image after the other. */
export interface Calibration {
  /** Runs one image, NHWC float32. @throws QpannError that names the tensor in which a NaN shows up */
  observe(image: Float32Array): void;
  /** Ranges seen so far, by tensor name: the Reference's tensors, and the products that `expandBatchNorm` makes. */
  ranges(): ReadonlyMap<string, Range>;
}

/**
 * Minimum and maximum of every activation of the Reference over the calibration images (thesis 4.2.1), and of x·scale
 * of every batch normalization.
 */
export function startCalibration(reference: Graph): Calibration {
  const [model] = compile([reference]);
  const norms = reference.nodes.filter(({ op }) => op === 'batch_norm');
  const products = norms.map((norm) => ({
    input: norm.inputs[0]!,
    name: scaledName(norm.outputs[0]!),
    scale: scaleAndShift(reference, norm).scale,
  }));
  const ranges = new Map<string, Range>();
  const widen = (name: string, { min, max }: Range): void => {
    if (Number.isNaN(min)) throw inputError(`tensor ${name} is not a number during calibration`);
    const known = ranges.get(name) ?? { min, max };
    ranges.set(name, { min: Math.min(known.min, min), max: Math.max(known.max, max) });
  };
  return {
    observe(image) {
      model!.run([image], {
        tap({ name, dtype }, data) {
          if (dtype !== 'float32') return;
          const values = data as Float32Array;
          widen(name, rangeOf(values));
          for (const { input, name: product, scale } of products)
            if (input === name) widen(product, rangeOf(values.map((x, i) => x * scale[i % scale.length]!)));
        },
      });
    },
    ranges: () => ranges,
  };
}
