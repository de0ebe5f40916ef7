import { type Graph, producers, QpannError } from '../core/index.js';
import { exportTflite } from '../export/index.js';
import { importTflite } from '../import/index.js';

/** The file that the TFLite model of a run is written to. */
export const TFLITE_MODEL = 'model_int8.tflite';

/** An int8 model as its file says it. */
export interface WrittenModel {
  readonly graph: Graph;
  /** The `.tflite` file; null for a model that TensorFlow Lite cannot express, whose graph is as it was. */
  readonly bytes: Uint8Array | null;
  /** Why there is no file. */
  readonly problem?: string;
}

/** Writes a quantized graph to a `.tflite` file and reads it back, so that what runs is what the file says. Nodes keep their sources. */
export function writtenModel(graph: Graph): WrittenModel {
  let bytes: Uint8Array;
  try {
    bytes = exportTflite(graph);
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return { graph, bytes: null, problem: error.message };
  }
  const read = importTflite(bytes, TFLITE_MODEL).graph;
  const writers = producers(graph);
  const nodes = read.nodes.map(({ source: _, ...node }) => {
    const source = writers.get(node.outputs[0]!)?.source;
    return { ...node, ...(source && { source }) };
  });
  return { graph: { ...read, nodes }, bytes };
}
