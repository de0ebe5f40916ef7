import type { Graph } from '../core/index.js';
import { buildProgram, type KernelModules } from '../engine/index.js';
import { CALIBRATORS, type Calibrator } from './calibrator.js';
import { scaleAndShift, scaledName } from './expand.js';
import { mergeAll } from './merge.js';
import {
  type CalibrationPlan,
  observerBytes,
  openCalibration,
  openRangeTotals,
  type Watched,
} from './observe.js';
import type { Range } from './parameters.js';

/** How a network is calibrated. */
export interface CalibrationPlanOptions {
  /** The fast kernels, if the runtime has them. */
  readonly kernels?: KernelModules;
  /** How ranges follow from values; smallest and largest when absent. */
  readonly calibrator?: Calibrator;
  /** Activations whose ranges are wanted beside those of the merged network; all when absent. */
  readonly wanted?: ReadonlySet<string>;
  /** How many threads will run images. */
  readonly places?: number;
}

/**
 * Compiles a network for calibration (thesis 4.2.1). TensorFlow's converter calibrates the float network whose layers are
 * merged already, which differs from the Reference in the last bits: its ranges count. Activations that merging removes, and
 * x·scale of every batch normalization, as `expandBatchNorm` makes it, are the Reference's, which runs if one of them is wanted.
 */
export function planCalibration(
  reference: Graph,
  { kernels, calibrator = CALIBRATORS.minmax, wanted, places = 1 }: CalibrationPlanOptions = {},
): CalibrationPlan {
  const merged = mergeAll(reference);
  const isWanted = (name: string): boolean => !merged.tensors.has(name) && (wanted?.has(name) ?? true);
  const own = (graph: number) => (name: string) => ({ name, graph, tensor: name });
  const [kept, removed] = [activationsOf(merged), activationsOf(reference).filter(isWanted)];
  const products = reference.nodes
    .filter(({ op, outputs }) => op === 'batch_norm' && isWanted(scaledName(outputs[0]!)))
    .map((norm) => ({
      name: scaledName(norm.outputs[0]!),
      graph: 1,
      tensor: norm.inputs[0]!,
      scale: scaleAndShift(reference, norm).scale,
    }));
  const others = [...removed.map(own(1)), ...products];
  const watched = inOrderOf(reference, [...kept.map(own(0)), ...others]);
  const shared = places > 1;
  const program = buildProgram(others.length === 0 ? [merged] : [merged, reference], {
    ...(kernels && { kernels }),
    shared,
    places,
    ownBytes: observerBytes(watched, calibrator),
    meetings: [kept, others.map(({ tensor }) => tensor)].map((names) => names.map((name) => [name])),
  });
  return { program, calibrator, watched };
}

/** The float activations of a graph, in the order in which they are computed. */
const activationsOf = ({ inputs, nodes, tensors }: Graph): string[] =>
  [...inputs, ...nodes.flatMap(({ outputs }) => outputs)].filter(
    (name) => tensors.get(name)!.dtype === 'float32',
  );

/** In the order in which the Reference computes them, then those that it lacks: a NaN is found where it comes from. */
function inOrderOf(reference: Graph, watched: readonly Watched[]): readonly Watched[] {
  const places = new Map(activationsOf(reference).map((name, i) => [name, i]));
  const placeOf = ({ name }: Watched): number => places.get(name) ?? places.size;
  return [...watched].sort((a, b) => placeOf(a) - placeOf(b));
}

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

/** Calibrates in this thread; see `planCalibration`. */
export function startCalibration(
  reference: Graph,
  kernels?: KernelModules,
  calibrator?: Calibrator,
): Calibration {
  const plan = planCalibration(reference, { ...(kernels && { kernels }), ...(calibrator && { calibrator }) });
  const runner = openCalibration(plan);
  const totals = openRangeTotals(plan);
  return {
    observe(image) {
      runner.start();
      runner.observe(image);
      totals.addEnds(runner.observed());
      totals.addCounts(runner.observed(), 0);
    },
    ranges: totals.ranges,
  };
}
