import { type Graph, tensorOf } from './graph.js';
import { DEFAULT_PROFILE, NUMERICS_PROFILES, type NumericsProfile } from './numerics.js';

/** The graph with its integers computed as a profile says; what a node has of its own, truncation and widths, stays. */
export function withNumerics(graph: Graph, profile: NumericsProfile): Graph {
  if (profile === DEFAULT_PROFILE) return graph;
  const nodes = graph.nodes.map((node) =>
    tensorOf(graph, node.inputs[0]!).quantization === undefined
      ? node
      : { ...node, numerics: { ...NUMERICS_PROFILES[profile], ...node.numerics } },
  );
  return { ...graph, nodes };
}
