import {
  dtypeOf,
  elementCount,
  type Graph,
  inputError,
  type Tensor,
  type TensorData,
  tensorOf,
  viewOf,
} from '../core/index.js';
import {
  type Follower,
  fastKernelNamed,
  instantiate,
  type KernelExports,
  type KernelModules,
} from '../kernels/index.js';
import {
  type Buffers,
  type Kernel,
  type Run,
  referenceKernel,
  type Site,
  siteOf,
  type Trace,
} from '../ops/index.js';
import { followerOf, type Plan, type Step, writtenBy } from './plan.js';
import { buildProgram, type Program } from './program.js';

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

/** A step that is ready to run. */
export interface BoundStep {
  readonly run: Run;
  readonly outputs: readonly Tensor[];
}

/** A graph that is ready to run. */
export interface Model {
  readonly graph: Graph;
  readonly plan: Plan;
  /** The steps, for whoever wants to run several models side by side. */
  readonly steps: readonly BoundStep[];
  /** The memory of a tensor's values, while they live. */
  view(name: string): TensorData;
  /**
   * Puts one value per graph input where the first step reads it.
   * @throws QpannError if an input has the wrong length or dtype.
   */
  feed(inputs: readonly TensorData[]): void;
  /**
   * Runs the graph once on one value per graph input.
   * @returns views of the outputs, valid until the next run of any model that shares the memory.
   * @throws QpannError if an input has the wrong length or dtype.
   */
  run(inputs: readonly TensorData[], observers?: Observers): readonly TensorData[];
}

/**
 * Compiles graphs that run one after the other in one linear memory: the constants of all of them once, then one
 * arena and one scratch region that they share.
 * @param kernels the fast kernels; without them the reference kernels run, with the same results
 * @throws QpannError if an operator has no kernel for a dtype, or memory runs out.
 */
export const compile = (graphs: readonly Graph[], kernels?: KernelModules): readonly Model[] =>
  openPlace(buildProgram(graphs, kernels && { kernels })).samples[0]!;

/** A place of a program in memory, ready to run. */
export interface Place {
  /** The graphs of the program, bound for each sample. */
  readonly samples: readonly (readonly Model[])[];
  /** Bytes between the values of a tensor in one sample and in the next. */
  readonly sampleBytes: number;
  readonly memory: WebAssembly.Memory;
  /** The fast kernels, for whoever works on the same memory. */
  readonly kernels: KernelExports | undefined;
  /** Where the owner's bytes start. */
  readonly own: number;
}

/** The fast kernels on the memory of a program that has them. */
export const kernelsOf = ({ kernels, memory }: Program): KernelExports | undefined =>
  kernels && instantiate(kernels, memory);

/** Binds the graphs of a program to one of its places. */
export function openPlace(program: Program, place = 0): Place {
  const kernels = kernelsOf(program);
  return {
    samples: program.arenas.map((_, sample) =>
      program.plans.map((_, i) => bind(program, i, place, sample, kernels)),
    ),
    sampleBytes: (program.arenas[1] ?? 0) - program.arenas[0]!,
    memory: program.memory,
    kernels,
    own: program.placeStart + place * program.placeBytes + program.own,
  };
}

function bind(
  program: Program,
  index: number,
  place: number,
  sample: number,
  exports: KernelExports | undefined,
): Model {
  const { buffer } = program.memory;
  const plan = program.plans[index]!;
  const constants = program.constants[index]!;
  const { graph, offsets } = plan;
  const start = program.placeStart + place * program.placeBytes;
  const arena = start + program.arenas[sample]!;
  const views = new Map<string, TensorData>();
  for (const [name, { dtype, shape, data }] of graph.tensors) {
    const constant = constants.tensors.get(name);
    const offset = offsets.get(name);
    if (constant !== undefined) views.set(name, viewOf(dtype, buffer, constant, elementCount(shape)));
    else if (offset !== undefined)
      views.set(name, viewOf(dtype, buffer, arena + offset, elementCount(shape)));
    else if (data !== undefined) views.set(name, data);
  }
  const viewsOf = (names: readonly string[]): TensorData[] => names.map((name) => views.get(name)!);
  const steps = plan.steps.map((step, i): BoundStep => {
    const { node, needs, absorbed, followers } = step;
    if (absorbed) return { run: () => undefined, outputs: [] };
    const site = siteOf(graph, node);
    const run = bindStep(
      step,
      site,
      referenceKernel(graph, node),
      {
        inputs: viewsOf(node.inputs),
        outputs: viewsOf(writtenBy(step)),
        constants: new Uint8Array(buffer, constants.packed[i]!, needs.constantBytes),
        scratch: new Uint8Array(buffer, start, needs.scratchBytes),
      },
      followers.map((follower) => followerOf(graph, follower)),
      exports,
    );
    return { run, outputs: writtenBy(step).map((name) => tensorOf(graph, name)) };
  });
  const inputTensors = graph.inputs.map((name) => tensorOf(graph, name));
  const outputViews = viewsOf(graph.outputs);
  const feed = (inputs: readonly TensorData[]): void => {
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
    });
  };

  return {
    graph,
    plan,
    steps,
    view: (name) => views.get(name)!,
    feed,
    run(inputs, { tap, trace } = {}) {
      feed(inputs);
      if (tap !== undefined) for (const input of inputTensors) tap(input, views.get(input.name)!);
      for (const { run, outputs } of steps) {
        run(trace?.(outputs[0]!));
        if (tap !== undefined) for (const output of outputs) tap(output, views.get(output.name)!);
      }
      return outputViews;
    },
  };
}

/** The run of one step. A fast kernel fills no trace: the reference kernel takes over where one is wanted. */
function bindStep(
  { node, fast }: Step,
  site: Site<unknown>,
  reference: Kernel<unknown>,
  buffers: Buffers,
  followers: readonly Follower[],
  exports: KernelExports | undefined,
): Run {
  if (fast === undefined) return reference.prepare(site, buffers);
  const runFast = fastKernelNamed(node.op, site.inputs[0]!.dtype, fast).bind(
    site,
    buffers,
    reference,
    exports!,
    followers,
  );
  let runTraced: Run | undefined;
  return (trace) => {
    if (trace === undefined) return runFast();
    if (followers.length > 0) throw new Error(`${node.op} is run together with what follows it: no trace`);
    runTraced ??= prepareApart(reference, site, buffers);
    runTraced(trace);
  };
}

/** Binds a reference kernel to memory of its own beside the tensors. */
function prepareApart(kernel: Kernel<unknown>, site: Site<unknown>, { inputs, outputs }: Buffers): Run {
  const { constantBytes = 0, scratchBytes = 0 } = kernel.plan?.(site) ?? {};
  return kernel.prepare(site, {
    inputs,
    outputs,
    constants: new Uint8Array(constantBytes),
    scratch: new Uint8Array(scratchBytes),
  });
}
