import { session } from './onnxruntime.mjs';

/** ONNX Runtime as native code: one thread. */
export async function load(model) {
  const { default: runtime } = await import('onnxruntime-node');
  return session(runtime, model, { intraOpNumThreads: 1, interOpNumThreads: 1 });
}
