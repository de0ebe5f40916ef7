import {
  allocate,
  type DType,
  elementCount,
  formatShape,
  type Graph,
  inputError,
  type Shape,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import { compile } from '../engine/index.js';

/** A tensor with the values of a whole batch. */
export interface BatchTensor {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TensorData;
}

/**
 * Runs a graph on every sample of a batch.
 * @param input values with a leading batch dimension
 * @param file what to call the input in messages
 * @param all whether to keep every activation beside the outputs
 * @throws QpannError if shape or dtype of the input do not fit
 */
export function runOnBatch(
  graph: Graph,
  input: { readonly shape: Shape; readonly data: TensorData },
  file: string,
  all: boolean,
): { readonly outputs: readonly BatchTensor[]; readonly tensors: readonly BatchTensor[] } {
  const wanted = tensorOf(graph, graph.inputs[0]!);
  const sampleShape = wanted.shape.slice(1);
  if (String(input.shape.slice(1)) !== String(sampleShape) || !(input.shape[0]! > 0))
    throw inputError(
      `${file}: has shape ${formatShape(input.shape)}; the network needs N×${formatShape(sampleShape)}`,
    );
  if (input.data.constructor !== allocate(wanted.dtype, 0).constructor)
    throw inputError(`${file}: the network needs ${wanted.dtype} values`);
  const samples = input.shape[0]!;
  const size = elementCount(sampleShape);
  const [model] = compile([graph]);
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
    const values = input.data.subarray(sample * size, (sample + 1) * size) as TensorData;
    model!.run([values], {
      tap({ name }, data) {
        if (all || graph.outputs.includes(name)) keep(name, sample, data);
      },
    });
  }
  return { outputs: graph.outputs.map((name) => kept.get(name)!), tensors: all ? [...kept.values()] : [] };
}
