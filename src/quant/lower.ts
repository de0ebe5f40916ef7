import {
  elementCount,
  type Graph,
  type Numerics,
  type Tensor,
  TFLITE_NUMERICS,
  tensorOf,
  verifyGraph,
} from '../core/index.js';
import { opOf } from '../ops/index.js';
import { assignParameters, type ParameterSources, quantizationOf, rulesAt } from './assign.js';
import { type IntegerSettings, quantizeNodes } from './integer.js';
import { mergeAll } from './merge.js';
import type { Range } from './parameters.js';

/** The fully integer model and the parameters it was made with. */
export interface LoweredModel {
  readonly graph: Graph;
  readonly parameters: ParameterSources;
}

const WIDE_NUMERICS: Numerics = { ...TFLITE_NUMERICS, accumulatorBits: 64 };

/** What a whole graph is quantized to. */
export interface LoweringScheme {
  /** 8, or 16 for TensorFlow Lite's 16x8: symmetric 16-bit activations, 64-bit accumulators and biases. */
  readonly activationBits: 8 | 16;
  /** Whether convolutions have a weight scale for each output channel; `false` gives all layers one. */
  readonly perChannel: boolean;
}

/** TensorFlow Lite's full integer quantization. */
export const INT8: LoweringScheme = { activationBits: 8, perChannel: true };

/**
 * The whole graph in one of TensorFlow Lite's integer schemes, integers in and out (post-training full integer
 * quantization); weights have 8 bits. Operators without an integer kernel stay in float, between conversions.
 * @param reference the float graph as imported
 * @param ranges calibrated range of every activation, from `startCalibration(reference)`
 */
export function lowerToIntegers(
  reference: Graph,
  ranges: ReadonlyMap<string, Range>,
  { activationBits, perChannel }: LoweringScheme = INT8,
): LoweredModel {
  const merged = mergeAll(reference);
  const parameters = assignParameters(merged, widenInPlace(merged, ranges), activationBits);
  const quantization = (name: string) => quantizationOf(parameters.get(name)!, activationBits);
  const numerics = activationBits === 8 ? TFLITE_NUMERICS : WIDE_NUMERICS;
  const tensors = new Map<string, Tensor>(merged.tensors);
  for (const name of merged.inputs)
    tensors.set(name, {
      ...tensors.get(name)!,
      dtype: activationBits === 8 ? 'int8' : 'int16',
      quantization: quantization(name),
    });

  const graph = quantizeNodes(
    { ...merged, tensors },
    ({ op, outputs }): IntegerSettings | null => {
      const rules = rulesAt(op, activationBits);
      if (rules === undefined) return null;
      return {
        weightBits: 8,
        symmetricWeights: true,
        perChannel: perChannel && (rules.weights?.perChannel ?? false),
        numerics,
        input: rules.output === 'shared' ? () => quantization(outputs[0]!) : quantization,
        output: quantization,
      };
    },
    'integer',
  );
  return { graph: verifyGraph(graph), parameters };
}

/**
 * The ranges that TensorFlow Lite's calibrator would have seen: it reads an operator's inputs once more after it has run,
 * and some operators write into an input's memory (lite/tools/optimize/calibration/calibrator.cc, `LoggingEval`, and
 * lite/arena_planner.cc, `IdentifyInPlaceTensors`). Such an input counts with the output's range as well.
 */
function widenInPlace(graph: Graph, ranges: ReadonlyMap<string, Range>): ReadonlyMap<string, Range> {
  const widened = new Map(ranges);
  const reads = graph.nodes.flatMap(({ inputs }) => inputs);
  for (const { op, inputs, outputs } of graph.nodes) {
    const output = tensorOf(graph, outputs[0]!);
    if (opOf(op).calibratesInPlace !== true || graph.outputs.includes(output.name)) continue;
    const overwritten = inputs.find((name) => {
      const { data, shape } = tensorOf(graph, name);
      const count = elementCount(shape);
      const isOwn = data === undefined && !graph.inputs.includes(name) && !graph.outputs.includes(name);
      return (
        isOwn &&
        count > 1 &&
        count === elementCount(output.shape) &&
        reads.filter((r) => r === name).length === 1
      );
    });
    if (overwritten === undefined) continue;
    const [before, after] = [ranges.get(overwritten), ranges.get(output.name)];
    if (before === undefined || after === undefined) continue;
    widened.set(overwritten, { min: Math.min(before.min, after.min), max: Math.max(before.max, after.max) });
  }
  return widened;
}
