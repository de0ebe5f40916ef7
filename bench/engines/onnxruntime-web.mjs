import { session } from './onnxruntime.mjs';

/** ONNX Runtime as WebAssembly: SIMD, one thread. */
export async function load(model) {
  const runtime = await import('onnxruntime-web/wasm');
  runtime.env.wasm.numThreads = 1;
  return session(runtime, model, { executionProviders: ['wasm'] });
}
