import type { Graph, Node } from '../core/index.js';
import { opOf, type Site, siteOf } from '../ops/index.js';

/** A node that computes nothing: its output holds its first input's elements, in other places, and zeros. Plain data. */
export interface Mover {
  readonly op: string;
  readonly site: Site<unknown>;
}

const find = ({ op, site }: Mover) => opOf(op).kernels[site.inputs[0]!.dtype]?.origins?.(site);

/** The node as a mover, or undefined if it is none. */
export function moverOf(graph: Graph, node: Node): Mover | undefined {
  const mover = { op: node.op, site: siteOf(graph, node) };
  return find(mover) && mover;
}

/** For each element of a mover's output the index of the input's element that it is, or −1 for a zero. */
export const originsOf = (mover: Mover): Int32Array => find(mover)!();
