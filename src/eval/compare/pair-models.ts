import { type Graph, type Shape, sameShape, tensorOf } from '../../core/index.js';
import { uniqueMatches } from '../foreign-model.js';
import type { PairingMethod } from './comparison.js';

/** B's name for each of A's activations that has one. */
export interface Pairs {
  readonly method: PairingMethod;
  readonly names: ReadonlyMap<string, string>;
}

/** The names of a graph's activations in the order in which a run computes them, its inputs first. */
export const activationsOf = ({ inputs, nodes }: Graph): readonly string[] => [
  ...inputs,
  ...nodes.flatMap(({ outputs }) => outputs),
];

/**
 * Pairs the activations of two models: by name if that pairs all of one of them; else in order if they have the same operators; else by
 * equal names or by names that are part of one other name, whichever pairs more.
 */
export function pairModels(a: Graph, b: Graph): Pairs {
  const byName: Pairs = { method: 'name', names: equalNames(a, b) };
  const all = Math.min(activationsOf(a).length, activationsOf(b).length);
  if (byName.names.size === all) return byName;
  if (sameArchitecture(a, b)) {
    const theirs = activationsOf(b);
    return { method: 'order', names: new Map(activationsOf(a).map((name, i) => [name, theirs[i]!])) };
  }
  const matches = [inverted(uniqueNames(a, b)), uniqueNames(b, a)].map(
    (names): Pairs => ({ method: 'unique match', names }),
  );
  return [byName, ...matches].reduce((best, other) => (other.names.size > best.names.size ? other : best));
}

function equalNames(a: Graph, b: Graph): ReadonlyMap<string, string> {
  const theirs = new Set(activationsOf(b));
  const fits = (name: string): boolean =>
    theirs.has(name) && sameShape(tensorOf(a, name).shape, tensorOf(b, name).shape);
  return new Map(activationsOf(a).flatMap((name) => (fits(name) ? [[name, name] as const] : [])));
}

function sameArchitecture(a: Graph, b: Graph): boolean {
  const [own, theirs] = [activationsOf(a), activationsOf(b)];
  return (
    own.length === theirs.length &&
    a.nodes.length === b.nodes.length &&
    a.nodes.every(({ op }, i) => op === b.nodes[i]!.op) &&
    own.every((name, i) => sameShape(tensorOf(a, name).shape, tensorOf(b, theirs[i]!).shape))
  );
}

/** The reference's name for each foreign one: input and output, and what `uniqueMatches` finds. */
function uniqueNames(reference: Graph, foreign: Graph): ReadonlyMap<string, string> {
  const shapes = (graph: Graph): ReadonlyMap<string, Shape> =>
    new Map(activationsOf(graph).map((name) => [name, tensorOf(graph, name).shape]));
  const [own, theirs] = [shapes(reference), shapes(foreign)];
  const ends = (['inputs', 'outputs'] as const)
    .map((side) => [foreign[side][0]!, reference[side][0]!] as const)
    .filter(([name, ownName]) => sameShape(theirs.get(name)!, own.get(ownName)!));
  const taken = new Map(ends);
  return new Map([...taken, ...uniqueMatches(own, theirs, taken)]);
}

const inverted = (names: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...names].map(([name, other]) => [other, name]));
