import { dtypeOf, elementCount, type Graph, realValues, tensorOf } from '../../core/index.js';
import type { NpyArray } from '../../data/index.js';
import { inputFor } from '../model-input.js';
import { runOnBatch } from '../run-batch.js';
import type { OtherSide } from './compare.js';
import type { OtherTensor } from './elements.js';
import { activationsOf, pairModels } from './pair-models.js';

/**
 * Runs B and pairs its tensors with A's.
 * @param input samples as A takes them or as real values
 * @param file what to call the input in messages
 * @throws QpannError if the input does not fit B
 */
export function otherModel(
  a: Graph,
  { name, graph }: { readonly name: string; readonly graph: Graph },
  input: NpyArray,
  file: string,
): OtherSide {
  const { method, names } = pairModels(a, graph);
  const { tensors: batches } = runOnBatch(graph, inputForB(a, graph, input, file), file, { all: true });
  const computed = new Map(batches.map((batch) => [batch.name, batch]));
  const tensors = [...names].map(([own, theirs]): [string, OtherTensor] => {
    const { shape, data } = computed.get(theirs)!;
    const { quantization } = tensorOf(graph, theirs);
    return [own, { name: theirs, shape, data, ...(quantization && { quantization }) }];
  });
  const paired = new Set(names.values());
  const all = activationsOf(graph);
  return {
    name,
    graph,
    pairing: {
      method,
      paired: names.size,
      tensors_a: activationsOf(a).length,
      tensors_b: all.length,
      unpaired_b: all.filter((theirs) => !paired.has(theirs)),
    },
    tensors: new Map(tensors),
  };
}

/** The input for B. Integers that only A takes are what they stand for in A. */
function inputForB(a: Graph, b: Graph, input: NpyArray, file: string): NpyArray {
  const [own, theirs] = [tensorOf(a, a.inputs[0]!), tensorOf(b, b.inputs[0]!)];
  const dtype = dtypeOf(input.data);
  const isForA = dtype === own.dtype && dtype !== theirs.dtype && own.quantization !== undefined;
  if (!isForA) return inputFor(b, input, file);
  const data = realValues(own, input.data, new Float32Array(elementCount(input.shape)));
  return inputFor(b, { shape: input.shape, data }, file);
}
