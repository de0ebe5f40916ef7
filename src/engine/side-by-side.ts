import type { Graph } from '../core/index.js';

/** One thing to do when graphs run side by side. The first graph leads. */
export type Action =
  | { readonly kind: 'run'; readonly model: number; readonly step: number }
  /** A tensor that the leading graph has not written yet would be overwritten: keep a copy until they meet. */
  | { readonly kind: 'keep'; readonly model: number; readonly tensor: string }
  /** The tensor has just been written by the leading graph, and by the others of its meeting, or kept. */
  | { readonly kind: 'meet'; readonly tensor: string };

/**
 * The order in which graphs run side by side so that each tensor they share exists in all of them at one time: whenever
 * the leading graph has written a shared tensor, the others run on until they have written theirs.
 * @param graphs the leading graph, then the others
 * @param meetings for each shared tensor the positions of the other graphs that have it
 */
export function sideBySide(
  graphs: readonly Graph[],
  meetings: ReadonlyMap<string, readonly number[]>,
): readonly Action[] {
  const actions: Action[] = [];
  const next = graphs.map(() => 0);
  const written = graphs.map((graph) => new Set(graph.inputs));
  const run = (model: number): readonly string[] => {
    const step = next[model]!;
    next[model] = step + 1;
    actions.push({ kind: 'run', model, step });
    const { outputs } = graphs[model]!.nodes[step]!;
    for (const name of outputs) written[model]!.add(name);
    return outputs;
  };
  const runUntil = (model: number, tensor: string): void => {
    while (!written[model]!.has(tensor))
      for (const name of run(model))
        if (name !== tensor && meetings.get(name)?.includes(model) && !written[0]!.has(name))
          actions.push({ kind: 'keep', model, tensor: name });
  };
  const meet = (tensor: string): void => {
    const models = meetings.get(tensor);
    if (models === undefined) return;
    for (const model of models) runUntil(model, tensor);
    actions.push({ kind: 'meet', tensor });
  };
  for (const name of graphs[0]!.inputs) meet(name);
  while (next[0]! < graphs[0]!.nodes.length) for (const name of run(0)) meet(name);
  for (let model = 1; model < graphs.length; model++)
    while (next[model]! < graphs[model]!.nodes.length) run(model);
  return actions;
}
