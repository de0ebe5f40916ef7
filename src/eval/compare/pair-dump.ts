import { basename } from 'node:path';
import { type Graph, type Shape, tensorOf } from '../../core/index.js';
import { uniqueMatches } from '../foreign-model.js';
import type { PairingMethod } from './comparison.js';
import type { DumpFile } from './dump.js';
import { activationsOf } from './pair-models.js';

/** The files of a dump that stand for activations, by A's names. */
export interface DumpPairs {
  readonly method: PairingMethod;
  readonly files: ReadonlyMap<string, DumpFile>;
}

/** A tensor's name as files carry it: free of characters that a file system may refuse. */
export const fileStem = (name: string): string => name.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 100);

const stemOf = ({ path }: DumpFile): string => path.replace(/\.npy$/i, '');

/**
 * Pairs the files of a dump with the activations of a graph: by the names in the manifest, by file names with or without a number in
 * front (and a number alone that stands for the position in a run), by names that hold one name of the graph; or in order if no name fits
 * and there are as many files as activations, with or without the network's input.
 */
export function pairDump(graph: Graph, files: readonly DumpFile[]): DumpPairs {
  const names = activationsOf(graph);
  const found = new Map<string, DumpFile>();
  const used = new Set<DumpFile>();
  const pair = (name: string | undefined, file: DumpFile): void => {
    if (name === undefined || found.has(name) || used.has(file)) return;
    found.set(name, file);
    used.add(file);
  };
  const known = new Set(names);
  const byStem = onlyOnes(names.map((name) => [fileStem(name), name]));
  // A manifest lists the output twice: as output_0 and among the tensors.
  for (const file of files.filter(({ path }) => !isOutput(path)))
    if (file.name !== null && known.has(file.name)) pair(file.name, file);
  for (const file of files.filter(({ path }) => !isOutput(path))) pair(numbered(names, file), file);
  for (const file of files)
    for (const candidate of [stemOf(file), basename(stemOf(file)), withoutNumber(basename(stemOf(file)))])
      pair(byStem.get(fileStem(candidate)), file);
  const exact = found.size;
  for (const [name, file] of uniqueFiles(
    graph,
    names,
    found,
    files.filter((one) => !used.has(one)),
  ))
    pair(name, file);
  for (const file of files.filter(({ path }) => isOutput(path))) pair(graph.outputs[0], file);
  if (found.size === 0) {
    const rest = files.filter(({ path }) => !isOutput(path));
    const ordered = [names, names.slice(graph.inputs.length)].find(({ length }) => length === rest.length);
    if (ordered !== undefined)
      return { method: 'order', files: new Map(ordered.map((name, i) => [name, rest[i]!])) };
  }
  return { method: exact >= found.size / 2 ? 'name' : 'unique match', files: found };
}

/** Whether it is the output that `qpann run` writes beside the tensors. */
export const isOutput = (path: string): boolean => /(^|\/)output_0\.npy$/i.test(path);

const withoutNumber = (stem: string): string => stem.replace(/^\d+[_.-]/, '');

/** The activation whose position and name a file carries, as `qpann run` writes them. */
function numbered(names: readonly string[], file: DumpFile): string | undefined {
  const [, number, stem] = /^(\d+)_(.*)$/.exec(basename(stemOf(file))) ?? [];
  const name = names[Number(number)];
  return name !== undefined && fileStem(name) === stem ? name : undefined;
}

/** Keys that stand for one name alone. */
function onlyOnes(entries: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const [key] of entries) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Map(entries.filter(([key]) => counts.get(key) === 1));
}

/** Files whose name or path holds the name of one tensor between slashes. */
function uniqueFiles(
  graph: Graph,
  names: readonly string[],
  found: ReadonlyMap<string, DumpFile>,
  files: readonly DumpFile[],
): ReadonlyMap<string, DumpFile> {
  const own = new Map(
    names
      .filter((name) => !found.has(name))
      .map((name): [string, Shape] => [name, tensorOf(graph, name).shape]),
  );
  const labels = onlyOnes(files.map((file) => [file.name ?? stemOf(file), file.path]));
  const theirs = new Map([...labels.keys()].map((label) => [label, null]));
  const byPath = new Map(files.map((file) => [file.path, file]));
  return new Map(
    [...uniqueMatches(own, theirs, new Map())].map(([label, name]) => [
      name,
      byPath.get(labels.get(label)!)!,
    ]),
  );
}
