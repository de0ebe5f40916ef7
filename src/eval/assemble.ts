import { type Graph, producers } from '../core/index.js';
import { costOf } from '../cost/index.js';
import type { Sqnr } from '../sqnr/index.js';
import { accuracyOf, countHit, type Hits, NO_HITS } from './accuracy.js';
import { calibratorParameters } from './config/index.js';
import type { Evaluated } from './evaluate.js';
import { sharedOrigins } from './layer-graph.js';
import { layerRows } from './layer-rows.js';
import type { Evaluation } from './prepare.js';
import type { Probe } from './probe.js';
import type { Accuracy, ModelName, Results, SampleResult, TensorRow } from './results.js';

/** Accuracy of the three models over samples. */
export function accuracies(samples: readonly SampleResult[]): Record<ModelName, Accuracy> {
  const of = (model: ModelName): Accuracy =>
    accuracyOf(
      samples.reduce(
        (hits: Hits, { predictions, label }) => countHit(hits, predictions[model], label),
        NO_HITS,
      ),
    );
  return { reference: of('reference'), tflite: of('tflite'), recreated: of('recreated') };
}

/**
 * Puts together what `results.json` holds.
 * @param probe what `probeLayers` saw; without it, what it knows is null
 */
export function assembleResults(
  evaluation: Evaluation,
  { samples, totals, skipped }: Omit<Evaluated, 'room'>,
  probe: Probe = NO_PROBE,
): Results {
  const { calibrationIndices, graphs, network, numerics } = evaluation;
  const agreement = (model: ModelName): number => {
    const same = samples.filter(({ predictions: p }) => p[model].top[0] === p.reference.top[0]).length;
    return samples.length === 0 ? 0 : same / samples.length;
  };
  const sqnr = (model: 'tflite' | 'recreated', values: ReadonlyMap<string, Sqnr>) => {
    const output = values.get(graphs[model].outputs[0]!);
    return {
      output_db: output?.sqnrDb ?? null,
      tensors: tensorRows(evaluation, graphs[model], values, model),
    };
  };
  const cost = costOf(graphs.recreated, evaluation.machine);
  return {
    schema: 'qpann.results/2',
    numerics,
    samples: samples.length,
    calibration: {
      samples: calibrationIndices.length,
      method: network.calibrator,
      ...calibratorParameters(network),
      indices: calibrationIndices,
    },
    models: accuracies(samples),
    agreement: { tflite_top1: agreement('tflite'), recreated_top1: agreement('recreated') },
    sqnr: { tflite: sqnr('tflite', totals.sqnr(0)), recreated: sqnr('recreated', totals.sqnr(1)) },
    layers: layerRows(evaluation, totals, cost, probe),
    probe: { samples: probe.samples, accumulator_samples: probe.accumulatorSamples },
    cost: cost.total,
    ...(evaluation.machine && { machine: evaluation.machine }),
    skipped,
  };
}

const NO_PROBE: Probe = { samples: 0, accumulatorSamples: 0, layers: new Map() };

function tensorRows(
  { graphs, layers, replaced }: Evaluation,
  other: Graph,
  values: ReadonlyMap<string, Sqnr>,
  model: 'tflite' | 'recreated',
): TensorRow[] {
  const writers = producers(other);
  return [...graphs.reference.tensors.values()].flatMap(({ name, shape }): TensorRow[] => {
    const sqnr = values.get(name);
    if (sqnr === undefined) return [];
    const writer = writers.get(name);
    const layer = writer?.source ?? layers.find(({ tensor }) => tensor === name);
    const isInteger = other.tensors.get(name)?.quantization !== undefined;
    return [
      {
        index: layer?.index ?? -1,
        layer: layer?.name ?? name,
        class: layer?.className ?? 'Input',
        tensor: name,
        replaced: model === 'tflite' ? isInteger : replaced.has(name),
        shape,
        sqnr_db: sqnr.sqnrDb,
        aggregate_db: sqnr.aggregateDb,
        delta_db: delta(other, writers, values, name),
        identical: sqnr.identical,
      },
    ];
  });
}

/** SQNR of a tensor less the smallest among the tensors that its layer reads. */
function delta(
  graph: Graph,
  writers: ReturnType<typeof producers>,
  values: ReadonlyMap<string, Sqnr>,
  name: string,
): number | null {
  const own = values.get(name)?.sqnrDb ?? null;
  const inputs = (writers.get(name)?.inputs ?? [])
    .flatMap((input) => sharedOrigins(graph, writers, (shared) => values.has(shared), input))
    .flatMap((input) => values.get(input)?.sqnrDb ?? []);
  return own === null || inputs.length === 0 ? null : own - Math.min(...inputs);
}
