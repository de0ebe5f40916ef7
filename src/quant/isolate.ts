import { type Graph, type Node, producers, type Tensor, tensorOf, verifyGraph } from '../core/index.js';
import { verifyOperators } from '../ops/index.js';

/** The Reference with copies of another model's layers beside it, each fed by the Reference alone. */
export interface IsolatedLayers {
  readonly graph: Graph;
  /** For each tensor that such a layer writes in the Reference, the copy's. */
  readonly copies: ReadonlyMap<string, string>;
}

/**
 * Puts layers of a Recreated model beside the Reference: each gets the Reference's own values as its input, quantized as it wants
 * them, so that its output carries no noise but its own. A layer that reads what the Reference does not have is left out.
 * @param layers nodes of the Recreated model, those of one layer together; the last writes a tensor that both models have
 */
export function isolateLayers(
  reference: Graph,
  recreated: Graph,
  layers: readonly (readonly Node[])[],
): IsolatedLayers {
  const writers = producers(recreated);
  const tensors = new Map(reference.tensors);
  const behind = new Map<string, Node[]>();
  const copies = new Map<string, string>();

  const isolate = (layer: readonly Node[]): void => {
    const nodes: Node[] = [];
    const own = new Map<string, string>();
    const copy = (tensor: Tensor): string => {
      const name = freeName(tensors, `${tensor.name}/isolated`);
      tensors.set(name, { ...tensor, name });
      own.set(tensor.name, name);
      return name;
    };
    const read = (name: string): string => {
      const tensor = tensorOf(recreated, name);
      const known = own.get(name);
      if (known !== undefined) return known;
      if (tensor.data !== undefined) return copy(tensor);
      const exact = referenceOf(reference, writers, name)!;
      if (tensor.quantization === undefined) return exact;
      const converted = copy(tensor);
      nodes.push({ op: 'quantize', attributes: {}, inputs: [exact], outputs: [converted] });
      return converted;
    };
    const written = new Set(layer.flatMap(({ outputs }) => outputs));
    const canBeFed = layer.every(({ inputs }) =>
      inputs.every(
        (name) =>
          written.has(name) ||
          tensorOf(recreated, name).data !== undefined ||
          referenceOf(reference, writers, name) !== undefined,
      ),
    );
    if (!canBeFed) return;
    for (const node of layer) {
      const inputs = node.inputs.map(read);
      const outputs = node.outputs.map((name) => copy(tensorOf(recreated, name)));
      nodes.push({ ...node, inputs, outputs });
    }
    const end = layer.at(-1)!.outputs[0]!;
    behind.set(end, [...(behind.get(end) ?? []), ...nodes]);
    copies.set(end, own.get(end)!);
  };
  for (const layer of layers) if (reference.tensors.has(layer.at(-1)!.outputs[0]!)) isolate(layer);

  const nodes = reference.nodes.flatMap((node) => [
    node,
    ...node.outputs.flatMap((name) => behind.get(name) ?? []),
  ]);
  const name = `${reference.name} (layers isolated)`;
  return { graph: verifyOperators(verifyGraph({ ...reference, name, tensors, nodes })), copies };
}

/** The Reference's tensor that stands behind conversions of another model's, or undefined. */
function referenceOf(reference: Graph, writers: ReadonlyMap<string, Node>, name: string): string | undefined {
  const tensor = reference.tensors.get(name);
  if (tensor !== undefined && tensor.data === undefined) return name;
  const writer = writers.get(name);
  return writer === undefined || writer.source !== undefined
    ? undefined
    : referenceOf(reference, writers, writer.inputs[0]!);
}

function freeName(tensors: ReadonlyMap<string, Tensor>, base: string): string {
  let name = base;
  for (let n = 2; tensors.has(name); n++) name = `${base}_${n}`;
  return name;
}
