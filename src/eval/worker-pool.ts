import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { failure, QpannError } from '../core/index.js';
import { type Program, withoutWeights } from '../engine/index.js';
import { collectGarbage } from './collect-garbage.js';
import type { LabelledImage } from './labelled-image.js';
import { IMAGES_DONE, SUMS_NEEDED } from './worker-counters.js';

/** What blocks consist of, with a name for messages. */
interface Named {
  readonly file: string;
}

/** Computes blocks of images in one place of a program, one block after the other. */
export interface Runner<Block, Image extends Named = LabelledImage> {
  /** @param onImage called after each image */
  run(images: readonly Image[], onImage?: () => void): Promise<Block>;
}

/** What is done with blocks of images, in this thread or in others. */
export interface Task<Plan, Block, Image extends Named = LabelledImage> {
  open(plan: Plan, place: number): Runner<Block, Image>;
  /** The program of a worker, which serves the same task. */
  readonly file: string;
}

/** What every worker is given. */
export interface WorkerStart<Plan> {
  readonly plan: Plan;
  /** As `worker-counters.ts` says. */
  readonly counters: Int32Array;
}

/** What a worker says of a block: its result, or the error of a user's mistake. */
export type WorkerAnswer<Block> =
  | { readonly block: Block; readonly place: number }
  | { readonly message: string; readonly kind: QpannError['kind'] };

/** A block, parts of which may lie in the memory of the worker that ran it. */
export type FinishedBlock<Block> = Block & {
  /** Lets the worker go on: what lies in its memory is not needed any more. */
  release(): void;
};

/** Runs blocks of images, several at the same time. */
export interface BlockPool<Plan, Block, Image extends Named = LabelledImage> {
  /** Blocks that run at the same time. */
  readonly workers: number;
  readonly plan: Plan;
  /**
   * @param index number of the block, for messages
   * @throws QpannError as a block does, or if its worker died twice
   */
  run(images: readonly Image[], index: number): Promise<FinishedBlock<Block>>;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly workers: number;
  /** Images that are done before the pool starts. */
  readonly done: number;
  readonly onProgress?: (images: number) => void;
  readonly onNotice?: (message: string) => void;
}

/** Workers that may take the place of others that died. */
const SPARE_PLACES = 4;

/**
 * A worker leaves little garbage but the buffers of images, which young objects hold on to: the sooner those are collected, the
 * less memory it takes.
 */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 2 };

const PROGRESS_MILLISECONDS = 100;

/** A worker's program beside a module of the same room: `.js` in the build, `.ts` where a loader runs the sources. */
export const workerBeside = (module: string, name = 'worker'): string =>
  fileURLToPath(module).replace(/[^/\\]+(\.[jt]s)$/, `${name}$1`);

interface WithProgram {
  readonly program: Program;
}

/**
 * A pool of worker threads that share one program in memory, each in a place of its own; with one worker, this thread.
 * @param plan makes the program for a number of places
 */
export function openPool<Plan extends WithProgram, Block, Image extends Named>(
  task: Task<Plan, Block, Image>,
  plan: (places: number) => Plan,
  options: PoolOptions,
): BlockPool<Plan, Block, Image> {
  const { workers, onNotice } = options;
  if (workers === 1) return inThisThread(task, plan(1), options);
  const shared = plan(workers + SPARE_PLACES);
  collectGarbage();
  if (!isPlainData(shared)) {
    onNotice?.('a custom layer in JavaScript cannot run in other threads: one worker is used');
    return inThisThread(task, plan(1), options);
  }
  return inThreads(task, shared, options);
}

function inThisThread<Plan, Block, Image extends Named>(
  task: Task<Plan, Block, Image>,
  plan: Plan,
  { done, onProgress }: PoolOptions,
): BlockPool<Plan, Block, Image> {
  const runner = task.open(plan, 0);
  let seen = done;
  let last: Promise<unknown> = Promise.resolve();
  return {
    workers: 1,
    plan,
    run(images) {
      const block = last.then(() => runner.run(images, () => onProgress?.(++seen)));
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      last = block.then(
        () => released,
        () => undefined,
      );
      return block.then((result) => ({ ...result, release }));
    },
    close: async () => undefined,
  };
}

function inThreads<Plan extends WithProgram, Block, Image extends Named>(
  { file }: Task<Plan, Block, Image>,
  plan: Plan,
  { workers, done, onProgress }: PoolOptions,
): BlockPool<Plan, Block, Image> {
  const counters = new Int32Array(new SharedArrayBuffer(4 * (SUMS_NEEDED + workers + SPARE_PLACES)));
  counters[IMAGES_DONE] = done;
  const start: WorkerStart<Plan> = { plan: { ...plan, program: withoutWeights(plan.program) }, counters };
  const pool = new Piscina<readonly Image[], WorkerAnswer<Block>>({
    filename: file,
    name: 'runBlock',
    minThreads: workers,
    maxThreads: workers,
    workerData: start,
    resourceLimits: RESOURCE_LIMITS,
  });
  let deaths = 0;
  // The pool starts a fresh thread for each that dies outside a task, without end: give up in time.
  pool.on('error', () => {
    deaths += 1;
    if (deaths > SPARE_PLACES) void pool.destroy();
  });
  const timer = setInterval(() => onProgress?.(Atomics.load(counters, IMAGES_DONE)), PROGRESS_MILLISECONDS);
  const once = async (images: readonly Image[]): Promise<FinishedBlock<Block>> => {
    const answer = await pool.run(images);
    if ('block' in answer) {
      const word = SUMS_NEEDED + answer.place;
      const release = (): void => {
        Atomics.store(counters, word, 0);
        Atomics.notify(counters, word);
      };
      return { ...answer.block, release };
    }
    throw new QpannError(answer.message, answer.kind);
  };
  const twice = async (images: readonly Image[], index: number): Promise<FinishedBlock<Block>> => {
    try {
      return await once(images);
    } catch (error) {
      if (error instanceof QpannError) throw error;
    }
    try {
      return await once(images);
    } catch (cause) {
      if (cause instanceof QpannError) throw cause;
      const [first, last] = [images[0]!.file, images.at(-1)!.file];
      throw failure(
        `block ${index + 1} (${first} to ${last}): its worker died twice: ${(cause as Error).message}`,
        { cause },
      );
    }
  };
  return {
    workers,
    plan,
    run(images, index) {
      const block = twice(images, index);
      // Whoever waits for an earlier block that fails will not wait for this one.
      block.catch(() => undefined);
      return block;
    },
    async close() {
      clearInterval(timer);
      onProgress?.(Atomics.load(counters, IMAGES_DONE));
      await pool.destroy();
    },
  };
}

/** Whether no node holds functions, which cannot go to another thread. */
function isPlainData({ program }: WithProgram): boolean {
  try {
    structuredClone(program.plans.map(({ graph }) => graph.nodes));
    return true;
  } catch {
    return false;
  }
}
