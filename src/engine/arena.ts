import { aligned } from '../core/index.js';

/** A block of memory that is needed from step `first` to step `last`, both included. */
export interface Block {
  readonly name: string;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where blocks lie in one arena. */
export interface ArenaLayout {
  /** Byte offset of each block, a multiple of `ALIGNMENT`. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Peak size of the arena. */
  readonly bytes: number;
}

const overlap = (a: Block, b: Block): boolean => a.first <= b.last && b.first <= a.last;

/**
 * Lays blocks out so that those alive at the same time never overlap: largest first, each at the lowest offset that
 * fits (the greedy-by-size heuristic of Pisarchyk and Lee 2020, https://arxiv.org/abs/2001.03288). Ties go by order.
 */
export function layOut(blocks: readonly Block[]): ArenaLayout {
  const placed: { readonly block: Block; readonly offset: number }[] = [];
  const bySize = [...blocks].sort((a, b) => b.bytes - a.bytes);
  for (const block of bySize) {
    const neighbours = placed
      .filter((other) => overlap(other.block, block))
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const other of neighbours) {
      if (other.offset - offset >= block.bytes) break;
      offset = Math.max(offset, aligned(other.offset + other.block.bytes));
    }
    placed.push({ block, offset });
  }
  return {
    offsets: new Map(placed.map(({ block, offset }) => [block.name, offset])),
    bytes: placed.reduce((peak, { block, offset }) => Math.max(peak, aligned(offset + block.bytes)), 0),
  };
}
