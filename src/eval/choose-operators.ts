import picomatch from 'picomatch';
import { type Graph, inputError, type Node } from '../core/index.js';
import { isClass } from '../quant/index.js';

/**
 * The nodes of a graph that a text chooses, for example `0,3-5,conv1,block_*,CONV_2D`: by index of the layer or file operator,
 * by its name or the name of the tensor it writes, by glob, or by class.
 * @throws QpannError for a part that chooses nothing
 */
export function chooseOperators(graph: Graph, choice: string): ReadonlySet<Node> {
  const parts = choice
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) throw inputError(`--layers ${choice}: chooses no operator`);
  const chosen = new Set<Node>();
  for (const part of parts) {
    const found = graph.nodes.filter(matcherOf(part));
    if (found.length === 0) throw inputError(`--layers: ${part} chooses no operator${examples(graph)}`);
    for (const node of found) chosen.add(node);
  }
  return chosen;
}

function matcherOf(part: string): (node: Node) => boolean {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
  if (first !== undefined)
    return ({ source }) =>
      source !== undefined && source.index >= Number(first) && source.index <= Number(last ?? first);
  // With `bash`, * also matches across the slashes of TensorFlow's names.
  const isMatch = picomatch(part, { bash: true, dot: true });
  return ({ op, outputs, source }) =>
    isClass(op, part) ||
    (source !== undefined && isClass(source.className, part)) ||
    [source?.name, ...outputs].some((name) => name !== undefined && (name === part || isMatch(name)));
}

function examples({ nodes }: Graph): string {
  const shown = nodes.flatMap(({ source }) =>
    source === undefined ? [] : [`${source.index} ${source.className}`],
  );
  return `; there are ${shown.slice(0, 3).join(', ')}${shown.length > 3 ? ', …' : ''} (qpann inspect lists them)`;
}
