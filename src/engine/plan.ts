import {
  aligned,
  bytesPerElement,
  elementCount,
  type Graph,
  type Node,
  type Tensor,
  tensorOf,
} from '../core/index.js';
import { type Follower, fastKernelOf, type KernelName } from '../kernels/index.js';
import { type KernelPlan, referenceKernel, siteOf } from '../ops/index.js';
import { type Block, layOut } from './arena.js';
import { foldPadding } from './fold-padding.js';

/** One node and what runs it. */
export interface Step {
  readonly node: Node;
  /** Nodes behind it whose work the fast kernel does too: it writes what the last of them writes. */
  readonly followers: readonly Node[];
  /** Whether an earlier step does the work of this one. */
  readonly absorbed: boolean;
  /** The fast kernel that takes the reference kernel's place. */
  readonly fast?: KernelName;
  readonly needs: KernelPlan;
}

/** How a graph runs: kernels in order, and where its activations lie in the arena. Plain data. */
export interface Plan {
  /** What is run: padding that convolutions do themselves is gone from it. */
  readonly graph: Graph;
  readonly steps: readonly Step[];
  /** The step that writes each activation; -1 for inputs of the graph. What is left out is missing. */
  readonly writtenAt: ReadonlyMap<string, number>;
  /** Offset of each activation in the arena, in bytes. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Peak bytes of activations. */
  readonly arenaBytes: number;
  /** Largest scratch that a step asks for. */
  readonly scratchBytes: number;
}

const NOTHING: KernelPlan = { constantBytes: 0, scratchBytes: 0, inPlace: false };

/** Bytes of a tensor's values. */
export const tensorBytes = ({ shape, dtype }: Tensor): number => elementCount(shape) * bytesPerElement(dtype);

/** A node as a fast kernel sees it that does its work too. */
export const followerOf = (graph: Graph, node: Node): Follower => ({
  op: node.op,
  site: siteOf(graph, node),
});

/** The tensor that a step writes first: that of the last node whose work it does. */
export const writtenBy = ({ node, followers }: Step): readonly string[] => (followers.at(-1) ?? node).outputs;

/** Tensors that somebody looks at together as soon as the last of them is written, before the next step. */
export type Meeting = readonly string[];

/**
 * Chooses kernels and lays out memory for a graph.
 * @param useFast whether fast kernels may take the place of reference kernels
 * @param meetings of all tensors that are looked at; others may be left out between two operators. When absent, each is looked at as
 *   it is written
 * @throws QpannError if an operator has no kernel for a dtype.
 */
export function planGraph(original: Graph, useFast = false, meetings?: readonly Meeting[]): Plan {
  const lookedAt = meetings && new Set(meetings.flat());
  const graph = lookedAt === undefined ? original : foldPadding(original, lookedAt);
  const nextOf = lookedAt === undefined ? () => undefined : onlyReaders(graph, lookedAt);
  const absorbed = new Set<Node>();
  const steps = graph.nodes.map((node): Step => {
    if (absorbed.has(node)) return { node, followers: [], absorbed: true, needs: NOTHING };
    const kernel = referenceKernel(graph, node);
    const site = siteOf(graph, node);
    const fast = useFast ? fastKernelOf(node.op, site, kernel) : undefined;
    if (fast === undefined)
      return { node, followers: [], absorbed: false, needs: { ...NOTHING, ...kernel.plan?.(site) } };
    const followers: Node[] = [];
    const sites: Follower[] = [];
    for (let next = nextOf(node); next !== undefined; next = nextOf(next)) {
      sites.push(followerOf(graph, next));
      if (!fast.absorbs?.(site, sites)) {
        sites.pop();
        break;
      }
      followers.push(next);
      absorbed.add(next);
    }
    const needs = { ...NOTHING, ...fast.plan(site, kernel, sites) };
    return { node, fast: fast.name, followers, absorbed: false, needs };
  });
  const writtenAt = new Map(graph.inputs.map((name) => [name, -1]));
  steps.forEach((step, i) => {
    if (!step.absorbed) for (const name of writtenBy(step)) writtenAt.set(name, i);
  });
  const lastUse = lastUses(graph, writtenAt, meetings ?? []);
  const homes = homesInPlace(graph, steps, lastUse);
  const blocks = new Map<string, Block>();
  const extend = (name: string, first: number): void => {
    const home = homes.get(name) ?? name;
    const known = blocks.get(home);
    const last = lastUse.get(name) ?? first;
    blocks.set(home, {
      name: home,
      bytes: tensorBytes(tensorOf(graph, home)),
      first: known?.first ?? first,
      last: Math.max(known?.last ?? last, last),
    });
  };
  for (const [name, step] of writtenAt) extend(name, step);
  const layout = layOut([...blocks.values()]);
  const offsets = new Map<string, number>();
  for (const [name, tensor] of graph.tensors) {
    const offset = layout.offsets.get(homes.get(name) ?? name);
    if (tensor.data === undefined && offset !== undefined) offsets.set(name, offset);
  }
  const scratchBytes = Math.max(0, ...steps.map(({ needs }) => aligned(needs.scratchBytes)));
  return { graph, steps, writtenAt, offsets, arenaBytes: layout.bytes, scratchBytes };
}

/** For a node the only one that reads what it writes, if nobody looks at that. */
function onlyReaders(graph: Graph, wanted: ReadonlySet<string>): (node: Node) => Node | undefined {
  const readers = new Map<string, Node[]>();
  for (const node of graph.nodes)
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  return ({ outputs: [output, ...others] }) => {
    const [reader, ...more] = readers.get(output!) ?? [];
    const isLookedAt = wanted.has(output!) || graph.outputs.includes(output!);
    const isFirstInput = reader?.inputs[0] === output && reader?.outputs.length === 1;
    return isLookedAt || others.length > 0 || more.length > 0 || !isFirstInput ? undefined : reader;
  };
}

/** The step after which a meeting is: the last that writes one of its tensors. */
export const stepOf = (meeting: Meeting, writtenAt: ReadonlyMap<string, number>): number =>
  Math.max(...meeting.map((name) => writtenAt.get(name)!));

/** The last step that reads each tensor, or half a step more for what meets after it; outputs of the graph live past the end. */
function lastUses(
  graph: Graph,
  writtenAt: ReadonlyMap<string, number>,
  meetings: readonly Meeting[],
): ReadonlyMap<string, number> {
  const result = new Map<string, number>();
  graph.nodes.forEach((node, step) => {
    for (const name of node.inputs) result.set(name, step);
  });
  for (const meeting of meetings)
    for (const name of meeting)
      result.set(name, Math.max(result.get(name) ?? -1, stepOf(meeting, writtenAt) + 0.5));
  for (const name of graph.outputs) result.set(name, graph.nodes.length);
  return result;
}

/** For each output computed in place, the tensor whose memory it takes over. */
function homesInPlace(
  graph: Graph,
  steps: readonly Step[],
  lastUse: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  steps.forEach(({ node, needs }, step) => {
    if (!needs.inPlace) return;
    const input = tensorOf(graph, node.inputs[0]!);
    const output = tensorOf(graph, node.outputs[0]!);
    const diesHere = input.data === undefined && lastUse.get(input.name) === step;
    const isReadTwice = node.inputs.indexOf(input.name, 1) !== -1;
    const isInput = graph.inputs.includes(input.name);
    if (diesHere && !isReadTwice && !isInput && tensorBytes(input) === tensorBytes(output))
      homes.set(output.name, homes.get(input.name) ?? input.name);
  });
  return homes;
}
