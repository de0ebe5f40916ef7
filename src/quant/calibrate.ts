import { type Graph, inputError } from '../core/index.js';
import { compile } from '../engine/index.js';
import { mergeAll } from './lower.js';
import { type Range, rangeOf } from './parameters.js';

/** Collects the range of every activation of a network, one image after the other. */
export interface Calibration {
  /** Runs one image, NHWC float32. @throws QpannError that names the tensor in which a NaN shows up */
  observe(image: Float32Array): void;
  /** Ranges seen so far, by tensor name: the Reference's tensors, and those that only the merged graph has. */
  ranges(): ReadonlyMap<string, Range>;
}

/**
 * Minimum and maximum of every activation over the calibration images (thesis 4.2.1), measured on the Reference, and
 * on the merged graph for the few tensors that merging makes.
 */
export function startCalibration(reference: Graph): Calibration {
  const merged = mergeAll(reference);
  const hasOwnTensors = [...merged.tensors.values()].some(
    ({ name, data }) => data === undefined && !reference.tensors.has(name),
  );
  const models = compile(hasOwnTensors ? [reference, merged] : [reference]);
  const ranges = new Map<string, Range>();
  const measured = new Set([...reference.tensors.keys()]);
  return {
    observe(image) {
      models.forEach(({ run }, i) => {
        run([image], {
          tap({ name }, data) {
            if (i > 0 && measured.has(name)) return;
            const { min, max } = rangeOf(data as Float32Array);
            if (Number.isNaN(min)) throw inputError(`tensor ${name} is not a number during calibration`);
            const known = ranges.get(name) ?? { min, max };
            ranges.set(name, { min: Math.min(known.min, min), max: Math.max(known.max, max) });
          },
        });
      });
    },
    ranges: () => ranges,
  };
}
