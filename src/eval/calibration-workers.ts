import { elementCount, type Graph, tensorOf } from '../core/index.js';
import { opOf, siteOf } from '../ops/index.js';

/** Seconds that a multiply-accumulate, and preparing one value of an input, take about. */
const MAC_SECONDS = 6e-11;
const VALUE_SECONDS = 5e-8;

/** A calibration that takes less in one thread is over before others would have started. */
const WORTH_SECONDS = 0.5;

/** How many of so many workers a calibration is worth. Ranges do not depend on it. */
export function worthWorkers(graph: Graph, samples: number, workers = 1): number {
  const macs = graph.nodes.reduce((sum, node) => {
    const { inputs, outputs, attributes } = siteOf(graph, node);
    return sum + opOf(node.op).macs(inputs, outputs, attributes);
  }, 0);
  const values = elementCount(tensorOf(graph, graph.inputs[0]!).shape);
  return samples * (macs * MAC_SECONDS + values * VALUE_SECONDS) < WORTH_SECONDS ? 1 : workers;
}
