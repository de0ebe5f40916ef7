import {
  dtypeOf,
  elementCount,
  failure,
  type Graph,
  inputError,
  type Tensor,
  type TensorData,
  tensorOf,
  viewOf,
} from '../core/index.js';
import { type Run, siteOf, type Trace } from '../ops/index.js';
import { ALIGNMENT, aligned } from './arena.js';
import { type Plan, planGraph, tensorBytes } from './plan.js';

/**
 * Sees the values of a tensor right after they are computed. They are valid only during the call: copy what you keep. Nodes that run
 * later read what the tap leaves in them.
 */
export type Tap = (tensor: Tensor, data: TensorData) => void;

/** What to watch during a run. */
export interface Observers {
  readonly tap?: Tap;
  /** A trace to fill for the node that writes this tensor, or undefined. */
  trace?(tensor: Tensor): Trace | undefined;
}

/** A graph that is ready to run. */
export interface Model {
  readonly graph: Graph;
  readonly plan: Plan;
  /**
   * Runs the graph once on one value per graph input.
   * @returns views of the outputs, valid until the next run of any model that shares the memory.
   * @throws QpannError if an input has the wrong length or dtype.
   */
  run(inputs: readonly TensorData[], observers?: Observers): readonly TensorData[];
}

const PAGE_BYTES = 65536;
const MAX_PAGES = 65536;
/** Most bytes of activations and scratch of one model. */
const MAX_ARENA_BYTES = 2 ** 30;

/**
 * Compiles graphs that run one after the other in one linear memory: the constants of all of them once, then one
 * arena and one scratch region that they share.
 * @throws QpannError if an operator has no kernel for a dtype, activations need more than 1 GiB, or memory runs out.
 */
export function compile(graphs: readonly Graph[]): Model[] {
  const plans = graphs.map(planGraph);
  const constants = layOutConstants(plans);
  requireArena(plans);
  const arenaStart = constants.bytes;
  const scratchStart = arenaStart + Math.max(0, ...plans.map((plan) => plan.arenaBytes));
  const totalBytes = scratchStart + Math.max(0, ...plans.map((plan) => plan.scratchBytes));
  const { buffer } = allocateMemory(totalBytes);
  for (const [data, offset] of constants.tensors) copyInto(buffer, offset, data);
  return plans.map((plan) => bind(plan, buffer, constants, arenaStart, scratchStart));
}

interface ConstantLayout {
  /** Offset of each constant's values, which graphs may share. */
  readonly tensors: ReadonlyMap<TensorData, number>;
  /** Offset of what each step's `prepare` writes. */
  readonly prepared: ReadonlyMap<Plan['steps'][number], number>;
  readonly bytes: number;
}

function layOutConstants(plans: readonly Plan[]): ConstantLayout {
  const tensors = new Map<TensorData, number>();
  const prepared = new Map<Plan['steps'][number], number>();
  let bytes = ALIGNMENT;
  for (const { graph, steps } of plans) {
    for (const tensor of graph.tensors.values()) {
      if (tensor.data === undefined || tensors.has(tensor.data)) continue;
      tensors.set(tensor.data, bytes);
      bytes += aligned(tensorBytes(tensor));
    }
    for (const step of steps) {
      prepared.set(step, bytes);
      bytes += aligned(step.needs.constantBytes);
    }
  }
  return { tensors, prepared, bytes };
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

function allocateMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MAX_PAGES)
    throw failure(
      `the models need ${Math.ceil(bytes / 2 ** 20)} MiB of memory, more than the 4096 MiB of WebAssembly`,
    );
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw failure(`cannot allocate ${Math.ceil(bytes / 2 ** 20)} MiB of memory for the models`, { cause });
  }
}

function copyInto(buffer: ArrayBufferLike, offset: number, data: TensorData): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  new Uint8Array(buffer, offset, data.byteLength).set(bytes);
}

function bind(
  plan: Plan,
  buffer: ArrayBufferLike,
  constants: ConstantLayout,
  arenaStart: number,
  scratchStart: number,
): Model {
  const { graph, steps, offsets } = plan;
  const views = new Map<string, TensorData>();
  for (const [name, { dtype, shape, data }] of graph.tensors) {
    const offset = data === undefined ? offsets.get(name) : constants.tensors.get(data);
    if (offset === undefined) continue;
    const start = data === undefined ? arenaStart + offset : offset;
    views.set(name, viewOf(dtype, buffer, start, elementCount(shape)));
  }
  const viewsOf = (names: readonly string[]): TensorData[] => names.map((name) => views.get(name)!);
  const runs = steps.map((step): { readonly run: Run; readonly outputs: readonly Tensor[] } => {
    const { node, kernel, needs } = step;
    const site = siteOf(graph, node);
    const run = kernel.prepare(site, {
      inputs: viewsOf(node.inputs),
      outputs: viewsOf(node.outputs),
      constants: new Uint8Array(buffer, constants.prepared.get(step)!, needs.constantBytes),
      scratch: new Uint8Array(buffer, scratchStart, needs.scratchBytes),
    });
    return { run, outputs: site.outputs };
  });
  const inputTensors = graph.inputs.map((name) => tensorOf(graph, name));
  const outputViews = viewsOf(graph.outputs);

  return {
    graph,
    plan,
    run(inputs, { tap, trace } = {}) {
      if (inputs.length > inputTensors.length)
        throw inputError(
          `${graph.name} has ${inputTensors.length} input${inputTensors.length === 1 ? '' : 's'}, got ${inputs.length}`,
        );
      inputTensors.forEach((tensor, i) => {
        const data = inputs[i];
        const view = views.get(tensor.name)!;
        if (data === undefined || data.length !== view.length || dtypeOf(data) !== tensor.dtype)
          throw inputError(
            `input ${tensor.name} needs ${view.length} ${tensor.dtype} values, got ${data?.length ?? 'none'}` +
              (data === undefined ? '' : ` ${dtypeOf(data)}`),
          );
        (view as Float32Array).set(data as Float32Array);
        tap?.(tensor, view);
      });
      for (const { run, outputs } of runs) {
        run(trace?.(outputs[0]!));
        if (tap !== undefined) for (const output of outputs) tap(output, views.get(output.name)!);
      }
      return outputViews;
    },
  };
}
