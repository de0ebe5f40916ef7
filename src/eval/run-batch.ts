import {
  allocate,
  type DType,
  elementCount,
  type Graph,
  type Shape,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import { compile } from '../engine/index.js';
import { loadKernels } from './load-kernels.js';
import { inputFor } from './model-input.js';

/** A tensor with the values of a whole batch. */
export interface BatchTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}

/** What becomes of the activations of a run. */
export interface BatchOptions {
  /** Keep every activation beside the outputs. */
  readonly all?: boolean;
  /** Values of some activations for all samples, of the same type: nodes that come later read these. */
  readonly forced?: ReadonlyMap<string, TensorData>;
}

/**
 * Runs a graph on every sample of a batch.
 * @param input values with a leading batch dimension
 * @param file what to call the input in messages
 * @param options which tensors to keep, and values to go on with instead of those that are computed
 * @throws QpannError if shape or type of the input do not fit
 */
export function runOnBatch(
  graph: Graph,
  input: { readonly shape: Shape; readonly data: TensorData },
  file: string,
  { all = false, forced = new Map() }: BatchOptions = {},
): { readonly outputs: readonly BatchTensor[]; readonly tensors: readonly BatchTensor[] } {
  const { shape, data } = inputFor(graph, input, file);
  const samples = shape[0]!;
  const size = elementCount(shape.slice(1));
  const [model] = compile([graph], loadKernels());
  const kept = new Map<string, BatchTensor>();
  const keep = (name: string, sample: number, data: TensorData): void => {
    let batch = kept.get(name);
    if (batch === undefined) {
      const { shape, dtype } = tensorOf(graph, name);
      batch = {
        name,
        dtype,
        shape: [samples * (shape[0] ?? 1), ...shape.slice(1)],
        data: allocate(dtype, samples * data.length),
      };
      kept.set(name, batch);
    }
    (batch.data as Float32Array).set(data as Float32Array, sample * data.length);
  };
  for (let sample = 0; sample < samples; sample++) {
    const values = data.subarray(sample * size, (sample + 1) * size) as TensorData;
    model!.run([values], {
      tap({ name }, data) {
        if (all || graph.outputs.includes(name)) keep(name, sample, data);
        const instead = forced.get(name);
        if (instead !== undefined)
          (data as Float32Array).set(
            instead.subarray(sample * data.length, (sample + 1) * data.length) as Float32Array,
          );
      },
    });
  }
  return { outputs: graph.outputs.map((name) => kept.get(name)!), tensors: all ? [...kept.values()] : [] };
}
