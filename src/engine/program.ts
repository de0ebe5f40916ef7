import {
  ALIGNMENT,
  aligned,
  failure,
  type Graph,
  inputError,
  type TensorData,
  tensorOf,
} from '../core/index.js';
import { fastKernelNamed, type KernelModules, SLACK_BYTES } from '../kernels/index.js';
import { dataInputsOf, referenceKernel, siteOf } from '../ops/index.js';
import { followerOf, type Meeting, type Plan, planGraph, type Step, tensorBytes } from './plan.js';

/** How many runs a program has room for at the same time. */
export interface ProgramOptions {
  /** The fast kernels; without them the reference kernels run, with the same results. */
  readonly kernels?: KernelModules;
  /** Whether threads share the memory. */
  readonly shared?: boolean;
  /** Threads, each with a place of its own in memory. */
  readonly places?: number;
  /** Samples that a place holds at the same time. */
  readonly samples?: number;
  /** Bytes that the owner of a place wants for itself. */
  readonly ownBytes?: number;
  /** For each graph what is looked at, and when: see `planGraph`. */
  readonly meetings?: readonly (readonly Meeting[])[];
  /** Bytes that the owner of the program wants, once for all places. */
  readonly commonBytes?: number;
  /** Memory to use if the program fits into it; memory of its own otherwise. */
  readonly room?: Room;
}

/** The end of a memory that nobody uses any more. */
export interface Room {
  readonly memory: WebAssembly.Memory;
  readonly start: number;
}

/** Where the constants of a graph lie. */
export interface ConstantOffsets {
  /** Values that kernels read as they are, by tensor. */
  readonly tensors: ReadonlyMap<string, number>;
  /** What each step has packed. */
  readonly packed: readonly number[];
}

/** Graphs laid out in one linear memory, their constants packed. Plain data: other threads can open it too. */
export interface Program {
  readonly memory: WebAssembly.Memory;
  readonly kernels?: WebAssembly.Module;
  readonly plans: readonly Plan[];
  readonly constants: readonly ConstantOffsets[];
  /** Offset of what the owner of the program wanted; constants follow. */
  readonly common: number;
  readonly constantStart: number;
  /** Offset and size of the first place; the others follow. */
  readonly placeStart: number;
  readonly placeBytes: number;
  /** Offsets in a place: the arena of each sample, then what the owner wants for itself. Scratch comes first. */
  readonly arenas: readonly number[];
  readonly own: number;
  /** Peak bytes of activations, of scratch, and of constants. */
  readonly arenaBytes: number;
  readonly scratchBytes: number;
  readonly constantBytes: number;
}

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;
/** Most bytes of activations and scratch of one model. */
const MAX_ARENA_BYTES = 2 ** 30;

/**
 * Plans graphs, lays them out in one linear memory and packs their constants: what the owner wants and constants once, then for
 * each place scratch, arenas, and what its owner wants.
 * @throws QpannError if an operator has no kernel for a dtype, activations need more than 1 GiB, or memory runs out.
 */
export function buildProgram(graphs: readonly Graph[], options: ProgramOptions = {}): Program {
  const { kernels, places = 1, samples = 1, ownBytes = 0, commonBytes = 0 } = options;
  const plans = graphs.map((graph, i) => planGraph(graph, kernels !== undefined, options.meetings?.[i]));
  requireArena(plans);
  const scratchBytes = Math.max(0, ...plans.map((plan) => plan.scratchBytes));
  let end = aligned(scratchBytes);
  const take = (bytes: number): number => {
    const offset = end;
    end += aligned(bytes);
    return offset;
  };
  const arenaBytes = Math.max(0, ...plans.map((plan) => plan.arenaBytes));
  const arenas = Array.from({ length: samples }, () => take(arenaBytes));
  const own = take(ownBytes);
  const layOutFrom = (start: number) => {
    const constantStart = start + aligned(commonBytes);
    const constants = layOutConstants(plans, constantStart);
    return { common: start, constantStart, ...constants, bytes: constants.end + places * end + SLACK_BYTES };
  };
  const known = options.room && layOutFrom(aligned(options.room.start));
  const fits = known !== undefined && known.bytes <= options.room!.memory.buffer.byteLength;
  const layout = fits ? known : layOutFrom(ALIGNMENT);
  const memory = fits ? options.room!.memory : allocateMemory(layout.bytes, options.shared ?? false);
  const { constants, values, common, constantStart } = layout;
  if (fits) new Uint8Array(memory.buffer, constantStart, layout.end - constantStart).fill(0);
  for (const [data, offset] of values) copyInto(memory.buffer, offset, data);
  plans.forEach(({ graph, steps }, i) => {
    steps.forEach((step, n) => {
      pack(graph, step, memory.buffer, constants[i]!.packed[n]!);
    });
  });
  return {
    memory,
    ...(kernels && { kernels: isShared(memory) ? kernels.shared : kernels.plain }),
    plans,
    constants,
    common,
    constantStart,
    placeStart: layout.end,
    placeBytes: end,
    arenas,
    own,
    arenaBytes,
    scratchBytes,
    constantBytes: layout.end - constantStart,
  };
}

/** Whether threads can share a memory. */
export const isShared = ({ buffer }: WebAssembly.Memory): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;

/** The memory of a program that does not run any more, without what its owner wanted once. */
export const roomOf = ({ memory, constantStart }: Program): Room => ({ memory, start: constantStart });

/** The memory behind the first place of a program. */
export const roomBehind = ({ memory, placeStart, placeBytes }: Program): Room => ({
  memory,
  start: placeStart + placeBytes,
});

/** Inputs that a step reads from the linear memory: a fast kernel packs its weights and leaves the originals where they are. */
const placedInputs = ({ node, fast, absorbed }: Step): readonly string[] => {
  if (absorbed) return [];
  return fast === undefined ? node.inputs : dataInputsOf(node.op, node.inputs);
};

function layOutConstants(plans: readonly Plan[], start: number) {
  const values = new Map<TensorData, number>();
  let end = start;
  const constants = plans.map(({ graph, steps }): ConstantOffsets => {
    const tensors = new Map<string, number>();
    for (const name of [...steps.flatMap(placedInputs), ...graph.outputs]) {
      const tensor = tensorOf(graph, name);
      if (tensor.data === undefined) continue;
      if (!values.has(tensor.data)) {
        values.set(tensor.data, end);
        end += aligned(tensorBytes(tensor));
      }
      tensors.set(name, values.get(tensor.data)!);
    }
    const packed = steps.map(({ needs }) => {
      const offset = end;
      end += aligned(needs.constantBytes);
      return offset;
    });
    return { tensors, packed };
  });
  return { constants, values, end };
}

function pack(
  graph: Graph,
  { node, fast, followers, needs }: Step,
  buffer: ArrayBufferLike,
  offset: number,
): void {
  if (fast === undefined) return;
  const site = siteOf(graph, node);
  const constants = new Uint8Array(buffer, offset, needs.constantBytes);
  const kernel = fastKernelNamed(node.op, site.inputs[0]!.dtype, fast);
  const behind = followers.map((follower) => followerOf(graph, follower));
  kernel.pack?.(site, constants, referenceKernel(graph, node), behind);
}

/** Shapes in a small file can ask for any amount of memory, so activations are limited before it is allocated. */
function requireArena(plans: readonly Plan[]): void {
  for (const { graph, arenaBytes, scratchBytes } of plans) {
    const bytes = arenaBytes + scratchBytes;
    if (bytes > MAX_ARENA_BYTES)
      throw inputError(
        `${graph.name}: its activations need ${Math.ceil(bytes / 2 ** 20)} MiB of memory; the limit is ${MAX_ARENA_BYTES / 2 ** 20} MiB`,
      );
  }
}

function allocateMemory(bytes: number, shared: boolean): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MAX_PAGES)
    throw failure(
      `the models need ${Math.ceil(bytes / 2 ** 20)} MiB of memory, more than the 4096 MiB of WebAssembly`,
    );
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (cause) {
    throw failure(`cannot allocate ${Math.ceil(bytes / 2 ** 20)} MiB of memory for the models`, { cause });
  }
}

function copyInto(buffer: ArrayBufferLike, offset: number, data: TensorData): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  new Uint8Array(buffer, offset, data.byteLength).set(bytes);
}

/** The program for another thread, which opens it on the same memory: constants are packed there and need not go along. */
export function withoutWeights(program: Program): Program {
  const strip = (graph: Graph): Graph => ({
    ...graph,
    tensors: new Map([...graph.tensors].map(([name, { data: _, ...tensor }]) => [name, tensor])),
  });
  return { ...program, plans: program.plans.map((plan) => ({ ...plan, graph: strip(plan.graph) })) };
}
