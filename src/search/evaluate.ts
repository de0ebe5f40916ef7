import { elementCount, type Graph, inputError } from '../core/index.js';
import type { KernelModules } from '../engine/index.js';
import {
  BLOCK_SIZE,
  type FinishedBlock,
  type LabelledImage,
  openPool,
  preprocessOptions,
} from '../eval/index.js';
import { opOf, siteOf } from '../ops/index.js';
import { keyOf, type Sqnr, type SumKind, sqnrOf, type Union, uniteGraphs } from '../sqnr/index.js';
import { memoryOf, type Outcome, planSearch, SEARCH_TASK, type SearchBlock } from './blocks.js';
import type { SearchNetwork } from './network.js';

/** Sums over blocks, by names of a union. */
export type TotalSums = ReadonlyMap<string, Float64Array>;

/** What is known of the configurations that share a memory. */
export interface Part {
  readonly outcomes: readonly Outcome[];
  readonly skipped: readonly string[];
  readonly lambda: TotalSums;
  readonly mu: TotalSums;
}

/** What is known of a search after its first blocks. */
export interface SearchCheckpoint {
  /** The parts that have begun; all but the last are done. */
  readonly parts: readonly Part[];
  /** Blocks of the last part that are done. */
  readonly blocks: number;
}

/** How configurations are evaluated, and who watches. */
export interface SearchEvaluateOptions {
  readonly sums?: SumKind;
  readonly kernels?: KernelModules;
  /** Threads; results do not depend on it. */
  readonly workers?: number;
  readonly skipBadImages?: boolean;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
  /** Bytes that configurations evaluated together may take, roughly; 1 GiB when absent. Results do not depend on it. */
  readonly maxBytes?: number;
  readonly from?: SearchCheckpoint;
  readonly onBlock?: (checkpoint: SearchCheckpoint) => void | Promise<void>;
  /** Called now and then with the number of images that are done; each counts once for each part. */
  readonly onProgress?: (images: number) => void;
  readonly onNotice?: (message: string) => void;
}

/** What one model makes of the images. */
export interface Measured {
  /** The first class that it gives each image. */
  readonly first: readonly number[];
  /** Whether the label of each image is among its first five. */
  readonly hits5: readonly boolean[];
  /** SQNR of every tensor that it shares with the Reference; of the Reference itself nothing. */
  readonly sqnr: ReadonlyMap<string, Sqnr>;
}

/** What a search makes of its images. */
export interface SearchResult {
  readonly labels: readonly number[];
  readonly skipped: readonly string[];
  readonly reference: Measured;
  /** In the order of the graphs. */
  readonly configurations: readonly Measured[];
}

const MAX_BYTES = 2 ** 30;

/** Graphs that are evaluated together. */
export interface SearchPart {
  readonly union: Union;
  /** Positions of its graphs. */
  readonly positions: readonly number[];
}

/** Parts the graphs so that each part fits into memory, roughly. */
export function partsOf(
  reference: Graph,
  graphs: readonly Graph[],
  sums: SumKind,
  workers: number,
  maxBytes = MAX_BYTES,
  positions = graphs.map((_, i) => i),
): SearchPart[] {
  const union = uniteGraphs(
    reference,
    positions.map((i) => graphs[i]!),
  );
  const { constants, place } = memoryOf(union, sums);
  if (positions.length < 2 || constants + workers * place <= maxBytes) return [{ union, positions }];
  const middle = positions.length >> 1;
  return [positions.slice(0, middle), positions.slice(middle)].flatMap((half) =>
    partsOf(reference, graphs, sums, workers, maxBytes, half),
  );
}

/** How many times as much as the Reference alone parts compute, by multiply-accumulates and elements written. */
export function workOf(reference: Graph, parts: readonly SearchPart[]): number {
  const work = (graph: Graph): number =>
    graph.nodes.reduce((sum, node) => {
      const { inputs, outputs, attributes } = siteOf(graph, node);
      const elements = outputs.reduce((n, { shape }) => n + elementCount(shape), 0);
      return sum + opOf(node.op).macs(inputs, outputs, attributes) + 8 * elements;
    }, 0);
  return parts.reduce((sum, { union }) => sum + work(union.graph), 0) / work(reference);
}

/**
 * Runs the Reference and configurations over images in blocks. Results do not depend on the number of workers.
 * @param graphs of the configurations
 * @throws QpannError naming the first image that cannot be decoded, or if such images are skipped and no other is left
 */
export async function evaluateGraphs(
  { basis, network }: SearchNetwork,
  graphs: readonly Graph[],
  images: readonly LabelledImage[],
  options: SearchEvaluateOptions = {},
): Promise<SearchResult> {
  const { sums = 'tensor', from, onBlock, onProgress } = options;
  const { reference } = basis;
  const count = Math.ceil(images.length / BLOCK_SIZE);
  const { workers = 1 } = options;
  const blockOptions = { ...options, sums, preprocessing: preprocessOptions(network) };
  const groups = partsOf(reference, graphs, sums, workers, options.maxBytes);
  const parts: Part[] = [...(from?.parts ?? [])];
  for (const [g, { union }] of groups.entries()) {
    const resumes = g === parts.length - 1;
    if (g < parts.length && !resumes) continue;
    let part = resumes ? parts.pop()! : { outcomes: [], skipped: [], lambda: new Map(), mu: new Map() };
    const done = resumes ? from!.blocks : 0;
    const pool = openPool(SEARCH_TASK, (places) => planSearch(union, blockOptions, places), {
      workers: Math.max(1, Math.min(workers, count - done)),
      done: g * images.length + Math.min(done * BLOCK_SIZE, images.length),
      ...(onProgress && { onProgress }),
      ...(options.onNotice && { onNotice: options.onNotice }),
    });
    try {
      const running: Promise<FinishedBlock<SearchBlock>>[] = [];
      for (let blocks = done, next = done; blocks < count; blocks++) {
        for (; next < count && running.length < pool.workers; next++)
          running.push(pool.run(images.slice(next * BLOCK_SIZE, (next + 1) * BLOCK_SIZE), next));
        const block = await running.shift()!;
        part = addBlock(part, block);
        block.release();
        await onBlock?.({ parts: [...parts, part], blocks: blocks + 1 });
      }
    } finally {
      await pool.close();
    }
    parts.push(part);
  }
  const { outcomes, skipped } = parts[0]!;
  if (outcomes.length === 0) throw inputError('none of the images can be decoded');
  const configurations = graphs.map((_, i): Measured => {
    const g = groups.findIndex(({ positions }) => positions.includes(i));
    const position = groups[g]!.positions.indexOf(i);
    return {
      ...answersOf(parts[g]!.outcomes, position + 1),
      sqnr: sqnrOfPairs(parts[g]!, groups[g]!.union.pairs[position]!),
    };
  });
  return {
    labels: outcomes.map(({ label }) => label),
    skipped,
    reference: { ...answersOf(outcomes, 0), sqnr: new Map() },
    configurations,
  };
}

const answersOf = (outcomes: readonly Outcome[], model: number): Pick<Measured, 'first' | 'hits5'> => ({
  first: outcomes.map(({ first }) => first[model]!),
  hits5: outcomes.map(({ hits5 }) => hits5.includes(model)),
});

function sqnrOfPairs({ lambda, mu }: Part, pairs: Union['pairs'][number]): ReadonlyMap<string, Sqnr> {
  return new Map(
    pairs.map((pair) => {
      const signal = lambda.get(pair.reference)!;
      return [pair.name, sqnrOf(signal, mu.get(keyOf(pair)) ?? new Float64Array(signal.length))];
    }),
  );
}

/** The part with one more block; blocks must come in their order. The totals of the part given are added to. */
function addBlock(part: Part, block: SearchBlock): Part {
  return {
    outcomes: [...part.outcomes, ...block.outcomes],
    skipped: [...part.skipped, ...block.skipped],
    lambda: addSums(part.lambda, block.lambda),
    mu: addSums(part.mu, block.mu),
  };
}

function addSums(totals: TotalSums, sums: SearchBlock['mu']): TotalSums {
  return new Map(
    [...sums].map(([name, values]) => {
      const total = totals.get(name) ?? new Float64Array(values.length);
      for (let i = 0; i < values.length; i++) total[i]! += values[i]!;
      return [name, total];
    }),
  );
}
