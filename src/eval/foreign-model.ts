import {
  formatShape,
  type Graph,
  inputError,
  producers,
  sameShape,
  tensorOf,
  verifyGraph,
} from '../core/index.js';

/** The name that a tensor of a converted file has in Keras: `net/conv1_relu/Relu6;net/conv1/Conv2D` was `conv1_relu`. */
const pathOf = (name: string): readonly string[] => name.split(';')[0]!.split('/');

/**
 * Gives the tensors of a TensorFlow Lite graph that somebody else converted the names of the Reference's tensors that they
 * stand for, so that SQNR can pair them: input and output always, others where the file's name holds the name of exactly
 * one tensor of the same shape, and their layers. What stays unpaired keeps its name.
 * @param file what to call the graph in messages
 * @throws QpannError if input or output have another shape than the Reference's
 */
export function pairWithReference(reference: Graph, foreign: Graph, file: string): Graph {
  const names = new Map<string, string>();
  const ends = (side: 'inputs' | 'outputs', what: string): void => {
    const [own, theirs] = [reference[side][0]!, foreign[side][0]!];
    const [a, b] = [tensorOf(reference, own).shape, tensorOf(foreign, theirs).shape];
    if (foreign[side].length !== 1 || !sameShape(a, b))
      throw inputError(`${file}: has ${what} of shape ${formatShape(b)}, the Reference ${formatShape(a)}`);
    names.set(theirs, own);
  };
  ends('inputs', 'an input');
  ends('outputs', 'an output');
  const written = foreign.nodes.flatMap(({ outputs }) => outputs).filter((name) => !names.has(name));
  const candidates = new Map<string, string[]>();
  for (const name of written) {
    const { shape } = tensorOf(foreign, name);
    for (const part of new Set(pathOf(name))) {
      const tensor = reference.tensors.get(part);
      if (tensor === undefined || tensor.data !== undefined || !sameShape(tensor.shape, shape)) continue;
      candidates.set(part, [...(candidates.get(part) ?? []), name]);
    }
  }
  const taken = new Set(names.values());
  for (const [own, theirs] of candidates)
    if (theirs.length === 1 && !taken.has(own) && !names.has(theirs[0]!)) names.set(theirs[0]!, own);
  return renamed(foreign, names, reference);
}

/**
 * The graph with some tensors renamed, their nodes with the source of the Reference's. Any other tensor that happens to have
 * a name of the Reference's makes way.
 */
function renamed(graph: Graph, names: ReadonlyMap<string, string>, reference: Graph): Graph {
  const rename = (name: string): string =>
    names.get(name) ?? (reference.tensors.has(name) ? `${name}/unpaired` : name);
  const writers = producers(reference);
  return verifyGraph({
    ...graph,
    tensors: new Map(
      [...graph.tensors.values()].map((tensor) => [
        rename(tensor.name),
        { ...tensor, name: rename(tensor.name) },
      ]),
    ),
    nodes: graph.nodes.map((node) => {
      const outputs = node.outputs.map(rename);
      const source = writers.get(outputs[0]!)?.source ?? node.source;
      return { ...node, inputs: node.inputs.map(rename), outputs, ...(source && { source }) };
    }),
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
  });
}
