import { elementCount, realValues, type Tensor, tensorOf } from '../core/index.js';
import type { PreprocessOptions } from '../data/index.js';
import { buildProgram, type KernelModules, openPlace, type Program, tensorBytes } from '../engine/index.js';
import { loadOrSkip, openImages, predict, type Runner, type Task, workerBeside } from '../eval/index.js';
import {
  keyOf,
  noiseInto,
  openSum,
  type Pair,
  type SumKind,
  squaresInto,
  sumBytes,
  takeSum,
  type Union,
} from '../sqnr/index.js';

/** What the models say of one image: the Reference first, then one for each configuration. */
export interface Outcome {
  /** File name without its folder. */
  readonly file: string;
  readonly label: number;
  /** The first class of each model. */
  readonly first: readonly number[];
  /** The models that have the label among their first five, by position. */
  readonly hits5: readonly number[];
}

/** Sums by name: one number, or one for each activation. */
export type Sums = ReadonlyMap<string, Float32Array | Float64Array>;

/** What one block of images gives. Sums go by names of the union: λ of Reference tensors, μ by `keyOf`. */
export interface SearchBlock {
  readonly outcomes: readonly Outcome[];
  readonly lambda: Sums;
  readonly mu: Sums;
  readonly skipped: readonly string[];
}

/** A Reference and configurations in memory, and how to feed them. Plain data, that threads can share. */
export interface SearchPlan {
  readonly program: Program;
  readonly outputs: Union['outputs'];
  readonly pairs: Union['pairs'];
  readonly sums: SumKind;
  /** Offsets of sums in a place's own memory. */
  readonly lambda: ReadonlyMap<string, number>;
  readonly mu: ReadonlyMap<string, Pair & { readonly offset: number }>;
  readonly preprocessing: PreprocessOptions;
  readonly skipBadImages: boolean;
  /** Folder of images that were decoded before. */
  readonly cache?: string;
}

/** How configurations are evaluated. */
export interface SearchBlockOptions {
  readonly sums: SumKind;
  readonly preprocessing: PreprocessOptions;
  readonly skipBadImages?: boolean;
  /** The fast kernels, if the runtime has them. */
  readonly kernels?: KernelModules;
  readonly cache?: string;
}

/** Pairs that differ, each once. */
const noisyPairs = (pairs: Union['pairs']): Pair[] => [
  ...new Map(
    pairs.flat().flatMap((pair) => (pair.twin === pair.reference ? [] : [[keyOf(pair), pair] as const])),
  ).values(),
];

/** Lays out a Reference and configurations in one memory. @param places how many threads will run blocks */
export function planSearch(
  { graph, outputs, pairs }: Union,
  { sums, preprocessing, skipBadImages = false, kernels, cache }: SearchBlockOptions,
  places = 1,
): SearchPlan {
  let bytes = 0;
  const take = (tensor: string): number => {
    const offset = bytes;
    bytes += sumBytes(sums, tensorOf(graph, tensor));
    return offset;
  };
  const shared = new Set(pairs.flat().map((pair) => pair.reference));
  const lambda = new Map([...shared].map((name) => [name, take(name)]));
  const noisy = noisyPairs(pairs);
  const mu = new Map(noisy.map((pair) => [keyOf(pair), { ...pair, offset: take(pair.twin) }]));
  const program = buildProgram([graph], {
    ...(kernels && { kernels }),
    shared: places > 1,
    places,
    ownBytes: bytes,
    meetings: [
      [...[...shared].map((name) => [name]), ...noisy.map(({ reference, twin }) => [reference, twin])],
    ],
  });
  return {
    program,
    outputs,
    pairs,
    sums,
    lambda,
    mu,
    preprocessing,
    skipBadImages,
    ...(cache !== undefined && { cache }),
  };
}

/** Bytes of constants, and of one place, roughly: what decides how many configurations share a memory. */
export function memoryOf(
  { graph, pairs }: Union,
  sums: SumKind,
): { readonly constants: number; readonly place: number } {
  const bytes = (tensors: Iterable<Tensor>, size: (tensor: Tensor) => number): number =>
    [...tensors].reduce((sum, tensor) => sum + size(tensor), 0);
  const tensors = [...graph.tensors.values()];
  const references = new Set(pairs.flat().map((pair) => pair.reference));
  const kept = [...references].map((name) => tensorOf(graph, name));
  const twins = noisyPairs(pairs).map(({ twin }) => tensorOf(graph, twin));
  return {
    constants: bytes(
      tensors.filter(({ data }) => data !== undefined),
      (tensor) => 4 * elementCount(tensor.shape),
    ),
    place: 2 * bytes(kept, tensorBytes) + bytes([...kept, ...twins], (tensor) => sumBytes(sums, tensor)),
  };
}

/**
 * A runner of blocks in one place: for each image the Reference once, then what the configurations add, each tensor compared
 * with the Reference's as soon as it is written. Images run one by one, so memory holds the activations of one.
 */
export function openSearch(plan: SearchPlan, place = 0): Runner<SearchBlock> {
  const opened = openPlace(plan.program, place);
  const { kernels, own } = opened;
  const [model] = opened.samples[0]!;
  const { graph, steps } = model!;
  const lambda = new Map(
    [...plan.lambda].map(([name, offset]) => [
      name,
      openSum(plan.sums, opened, own + offset, tensorOf(graph, name)),
    ]),
  );
  const mu = new Map(
    [...plan.mu].map(([key, { offset, twin }]) => [
      key,
      openSum(plan.sums, opened, own + offset, tensorOf(graph, twin)),
    ]),
  );
  const pairsOf = new Map<string, (readonly [string, Pair])[]>();
  for (const [key, pair] of plan.mu) pairsOf.set(pair.twin, [...(pairsOf.get(pair.twin) ?? []), [key, pair]]);
  const addingTo = (name: string): (() => void)[] => {
    const signal = lambda.get(name);
    return [
      ...(signal === undefined ? [] : [squaresInto(signal, model!.view(name), kernels)]),
      ...(pairsOf.get(name) ?? []).map(([key, { reference, twin }]) =>
        noiseInto(mu.get(key)!, model!.view(reference), tensorOf(graph, twin), model!.view(twin), kernels),
      ),
    ];
  };
  const first = graph.inputs.flatMap(addingTo);
  const actions = steps.flatMap(({ run, outputs }): (() => void)[] => [
    () => run(),
    ...outputs.flatMap(({ name }) => addingTo(name)),
  ]);
  const { shape } = tensorOf(graph, graph.inputs[0]!);
  const load = openImages(plan.program, shape, plan.preprocessing, plan.cache);
  const input = new Float32Array(elementCount(shape));
  const outputs = [...new Set(plan.outputs)].map((name) => {
    const tensor = tensorOf(graph, name);
    return { name, tensor, real: new Float32Array(elementCount(tensor.shape)) };
  });
  const outcomeOf = (file: string, label: number): Outcome => {
    const tops = new Map(
      outputs.map(({ name, tensor, real }) => [
        name,
        predict(realValues(tensor, model!.view(name), real)).top,
      ]),
    );
    return {
      file,
      label,
      first: plan.outputs.map((name) => tops.get(name)![0]!),
      hits5: plan.outputs.flatMap((name, i) => (tops.get(name)!.includes(label) ? [i] : [])),
    };
  };
  return {
    async run(images, onImage) {
      const outcomes: Outcome[] = [];
      const skipped: string[] = [];
      for (const { path, file, label } of images) {
        const image = await loadOrSkip(() => load(path, input), plan.skipBadImages);
        if (image === null) skipped.push(file);
        else {
          model!.feed([image]);
          for (const act of first) act();
          for (const act of actions) act();
          outcomes.push(outcomeOf(file, label));
        }
        onImage?.();
      }
      const taken = (sums: typeof lambda): Sums =>
        new Map([...sums].map(([name, sum]) => [name, takeSum(sum)]));
      return { outcomes, lambda: taken(lambda), mu: taken(mu), skipped };
    },
  };
}

/** Evaluation of configurations on blocks of images. */
export const SEARCH_TASK: Task<SearchPlan, SearchBlock> = {
  open: openSearch,
  file: workerBeside(import.meta.url),
};
