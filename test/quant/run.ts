import {
  allocate,
  dtypeOf,
  type Graph,
  quantizedValues,
  realValues,
  type TensorData,
  tensorOf,
} from '../../src/core/index.js';
import { compile } from '../../src/engine/index.js';
import { lowerToIntegers, type RecreationBasis, startCalibration } from '../../src/quant/index.js';
import { sqnrOf } from '../../src/sqnr/index.js';
import { type Network, noisyValues } from '../networks.js';

/** Every activation of a graph as its tensor holds it, on a float input. */
export function activations(graph: Graph, input: Float32Array): Map<string, TensorData> {
  const [model] = compile([graph]);
  const seen = new Map<string, TensorData>();
  const inputs = [quantizedValues(tensorOf(graph, graph.inputs[0]!), input)];
  model!.run(inputs, { tap: ({ name }, data) => seen.set(name, data.slice()) });
  return seen;
}

/** The reals that a graph's only output stands for. */
export function outputOf(graph: Graph, input: Float32Array): Float32Array {
  const name = graph.outputs[0]!;
  const data = activations(graph, input).get(name)!;
  return realValues(tensorOf(graph, name), data, allocate('float32', data.length) as Float32Array);
}

/** Input number `seed` of a network. */
export const inputOf = ({ graph }: Network, seed: number): Float32Array =>
  noisyValues(
    seed + 100,
    tensorOf(graph, graph.inputs[0]!).shape.reduce((product, size) => product * size, 1),
    2,
  );

/** A network calibrated on four inputs and lowered. */
export function basisOf(network: Network): RecreationBasis {
  const calibration = startCalibration(network.graph);
  for (const seed of [0, 1, 2, 3]) calibration.observe(inputOf(network, seed));
  const ranges = calibration.ranges();
  return {
    reference: network.graph,
    layers: network.layers,
    ranges,
    lowered: lowerToIntegers(network.graph, ranges),
  };
}

/** The aggregate SQNR of a graph's output against the Reference's, in decibel; Infinity when they are equal. */
export function outputSqnr(reference: Graph, other: Graph, input: Float32Array): number {
  const [expected, actual] = [outputOf(reference, input), outputOf(other, input)];
  const lambda = Float64Array.from(expected, (value) => value * value);
  const mu = Float64Array.from(expected, (value, i) => (value - actual[i]!) ** 2);
  const { aggregateDb, identical } = sqnrOf(lambda, mu);
  return identical ? Infinity : aggregateDb!;
}

/** Names and integers of the activations that two graphs both hold as integers. */
export function sharedIntegers(a: Graph, b: Graph, input: Float32Array): [string, TensorData, TensorData][] {
  const [valuesA, valuesB] = [activations(a, input), activations(b, input)];
  return [...valuesA].flatMap(([name, data]): [string, TensorData, TensorData][] => {
    const twin = valuesB.get(name);
    return twin === undefined || [data, twin].some((values) => dtypeOf(values) === 'float32')
      ? []
      : [[name, data, twin]];
  });
}

/** Operators of a graph, in order. */
export const opsOf = (graph: Graph): string[] => graph.nodes.map(({ op }) => op);
