import {
  bytesPerElement,
  clamp,
  elementCount,
  type Graph,
  requantizer,
  roundHalfAwayFromZero,
  type Tensor,
  type TensorData,
  viewOf,
} from '../../src/core/index.js';
import {
  type OpName,
  type Requantization,
  referenceKernel,
  type Site,
  siteOf,
  type Trace,
} from '../../src/ops/index.js';
import { NONE } from '../../src/ops/support/positions.js';
import { assert, test } from '../harness.js';
import { fastEqualsReference, withConstants } from '../kernels/equality.js';
import { type GoldenCase, type GoldenTensor, goldenCases, graphOf, write } from './golden.js';
import { assertRoundTrip } from './round-trip.js';

/** Operators that TensorFlow Lite does not have, so there is nothing to compare with. */
const WITHOUT_GOLDEN_CASES: readonly OpName[] = ['batch_norm', 'custom'];

/** Largest difference of a float result, relative to the expected value or to 1. */
const FLOAT_TOLERANCE = 1e-6;

/** Memory for a tensor, full of bytes that no kernel would write. */
function memory({ dtype, shape }: Tensor, buffer?: ArrayBuffer): TensorData {
  const length = elementCount(shape);
  const bytes = buffer ?? new ArrayBuffer(length * bytesPerElement(dtype));
  if (buffer === undefined) new Uint8Array(bytes).fill(0xa5);
  return viewOf(dtype, bytes, 0, length);
}

const traceOf = (length: number): Trace => ({
  accumulators: new Float64Array(length).fill(NaN),
  beforeClamp: new Float64Array(length).fill(NaN),
});

/** Runs a graph of one node twice, the second time traced. With `inPlace` the output lies on the first input's memory. */
function run(graph: Graph, goldenCase: GoldenCase, inPlace = false) {
  const node = graph.nodes[0]!;
  const kernel = referenceKernel(graph, node);
  const site = siteOf(graph, node);
  const plan = { constantBytes: 0, scratchBytes: 0, inPlace: false, ...kernel.plan?.(site) };
  const [input, output] = [site.inputs[0]!, site.outputs[0]!];
  const bytesOf = ({ dtype, shape }: Tensor): number => elementCount(shape) * bytesPerElement(dtype);
  const shared = inPlace ? new ArrayBuffer(Math.max(bytesOf(input), bytesOf(output))) : undefined;
  const inputs = site.inputs.map((tensor, i) => memory(tensor, i === 0 ? shared : undefined));
  const outputs = [memory(output, shared)];
  const fill = (): void => {
    for (const [i, { data }] of goldenCase.inputs.entries()) write(inputs[i]!, data);
  };
  fill();
  const compute = kernel.prepare(site, {
    inputs,
    outputs,
    constants: new Uint8Array(plan.constantBytes),
    scratch: new Uint8Array(plan.scratchBytes).fill(0xa5),
  });
  compute();
  const first = outputs[0]!.slice();
  fill();
  const trace = traceOf(first.length);
  compute(trace);
  return { plan, facts: kernel.requantization?.(site), inputs, output: first, again: outputs[0]!, trace };
}

const bytes = (data: TensorData): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Integers must be equal, and so must floats made of integers; floats may differ by the tolerance. */
function assertOutput(actual: TensorData, expected: GoldenTensor['data'], tolerance: number): void {
  assert.is(actual.length, expected.length);
  const wrong = expected.flatMap((text, i) => {
    if (typeof text === 'string') return String(actual[i]) === text ? [] : [i];
    const difference = Math.abs(Number(actual[i]) - text);
    return difference <= tolerance * Math.max(1, Math.abs(text)) ? [] : [i];
  });
  const [index] = wrong;
  if (index !== undefined)
    assert.unreachable(
      `${wrong.length} of ${expected.length} differ, first [${index}]: expected ${expected[index]}, got ${actual[index]}`,
    );
}

/** What a kernel publishes is what it computed with: its facts lead from the traced accumulators to the output. */
function assertFacts(site: Site<unknown>, facts: Requantization, trace: Trace, output: TensorData): void {
  const { accumulator, rescales, outputZeroPoint, clamp: range } = facts;
  const has = (values: Float64Array): boolean => !values.some(Number.isNaN);
  assert.is(has(trace.accumulators), accumulator !== undefined, 'the trace has the accumulators it names');
  if (!has(trace.beforeClamp)) return;
  trace.beforeClamp.forEach((value, i) => {
    assert.is(Number(output[i]), clamp(value, range.min, range.max), `[${i}] before the clamp: ${value}`);
  });
  if (accumulator === undefined || rescales.output === undefined) return;
  const factors = [rescales.output].flat();
  const requantize = requantizer({ ...site.numerics, accumulatorBits: accumulator === 'int32' ? 32 : 64 });
  trace.accumulators.forEach((value, i) => {
    const { factor, multiplier, shift } = factors[i % factors.length]!;
    const rescaled =
      facts.rescaling === 'float64'
        ? roundHalfAwayFromZero(value * factor) + outputZeroPoint
        : requantize(value, multiplier, shift) + outputZeroPoint;
    assert.is(trace.beforeClamp[i], rescaled, `[${i}] requantized from ${value}`);
  });
}

/** A kernel that says where its output comes from does what it says. */
function assertOrigins(graph: Graph, input: TensorData, output: TensorData): void {
  const node = graph.nodes[0]!;
  const site = siteOf(graph, node);
  const origins = referenceKernel(graph, node).origins?.(site)?.();
  if (origins === undefined) return;
  const { quantization } = site.outputs[0]!;
  const zero = site.outputs[0]!.dtype === 'int64' ? 0n : (quantization?.zeroPoints[0] ?? 0);
  const expected = output.slice();
  origins.forEach((origin, i) => {
    expected[i] = origin === NONE ? zero : input[origin]!;
  });
  assert.equal(bytes(expected), bytes(output), 'origins');
}

function checkCase(op: OpName, goldenCase: GoldenCase): void {
  const graph = graphOf(op, goldenCase);
  const expected = goldenCase.outputs[0]!;
  const { plan, facts, inputs, output, again, trace } = run(graph, goldenCase);
  const tolerance =
    goldenCase.inputs[0]!.dtype === 'float32' && expected.dtype === 'float32' ? FLOAT_TOLERANCE : 0;
  assertOutput(output, expected.data, tolerance);
  assert.equal(bytes(again), bytes(output), 'a second run, traced, gives the same bits');
  goldenCase.inputs.forEach(({ data }, i) => {
    assert.equal(inputs[i], write(inputs[i]!.slice(), data), `input ${i} is not written to`);
  });
  if (plan.inPlace) {
    const inPlace = run(graph, goldenCase, true);
    assert.equal(bytes(inPlace.output), bytes(output), 'in place gives the same bits');
  }
  if (facts === undefined) assert.ok(trace.beforeClamp.every(Number.isNaN), 'traced without facts');
  else assertFacts(siteOf(graph, graph.nodes[0]!), facts, trace, output);
  assertOrigins(graph, inputs[0]!, output);
  if (goldenCase.numerics === undefined) assertRoundTrip(graph, inputs, output);
  const withParameters = withConstants(graph, inputs);
  fastEqualsReference(
    withParameters,
    withParameters.inputs.map((name) => inputs[graph.inputs.indexOf(name)]!),
  );
}

/**
 * Declares one test for every golden case of an operator: the reference kernel gives what TensorFlow Lite gives, on every
 * element; its promises about memory and traces hold; its `.tflite` encoder and decoder agree; a fast kernel
 * that serves the case gives the same bits. `exceptions` maps the names of cases that differ to the reason.
 */
export function conformance(
  op: OpName,
  { exceptions = {} }: { readonly exceptions?: Readonly<Record<string, string>> } = {},
): void {
  const cases = goldenCases(op);
  if (cases.length === 0 && !WITHOUT_GOLDEN_CASES.includes(op))
    test('has golden cases', () => assert.unreachable(`fixtures/ops/${op}.json is missing`));
  for (const goldenCase of cases) {
    const reason = exceptions[goldenCase.name];
    if (reason === undefined) test(goldenCase.name, () => checkCase(op, goldenCase));
    else test(`${goldenCase.name} differs: ${reason}`, () => assert.throws(() => checkCase(op, goldenCase)));
  }
}
