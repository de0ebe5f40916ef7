import {
  formatShape,
  type Graph,
  inputError,
  producers,
  type Shape,
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
  const shapes = (graph: Graph, wanted: readonly string[]): ReadonlyMap<string, Shape> =>
    new Map(wanted.map((name) => [name, tensorOf(graph, name).shape]));
  const activations = [...reference.tensors.values()].flatMap(({ name, data }) => (data ? [] : [name]));
  const written = foreign.nodes.flatMap(({ outputs }) => outputs);
  const matches = uniqueMatches(shapes(reference, activations), shapes(foreign, written), names);
  for (const [theirs, own] of matches) names.set(theirs, own);
  return renamed(foreign, names, reference);
}

/**
 * Pairs foreign names with those of the Reference: where a foreign name holds, between slashes, the Reference's name of exactly one
 * tensor, and no other foreign tensor of that shape does.
 * @param own shapes of the Reference's activations by name
 * @param theirs shapes of the foreign tensors by name; null fits any
 * @param taken foreign names that are paired already, with the Reference's
 * @returns the Reference's name for each foreign one, without those of `taken`
 */
export function uniqueMatches(
  own: ReadonlyMap<string, Shape>,
  theirs: ReadonlyMap<string, Shape | null>,
  taken: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const candidates = new Map<string, string[]>();
  for (const [name, shape] of theirs) {
    if (taken.has(name)) continue;
    for (const part of new Set(pathOf(name))) {
      const wanted = own.get(part);
      if (wanted === undefined || (shape !== null && !sameShape(wanted, shape))) continue;
      candidates.set(part, [...(candidates.get(part) ?? []), name]);
    }
  }
  const used = new Set(taken.values());
  const matches = new Map<string, string>();
  for (const [name, [first, ...others]] of candidates)
    if (others.length === 0 && !used.has(name) && !matches.has(first!)) matches.set(first!, name);
  return matches;
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
