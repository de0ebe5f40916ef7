import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** TensorFlow.js with its WebAssembly backend: SIMD, a graph model. It has no int8 kernels. */
export async function load(model) {
  const tf = require('@tensorflow/tfjs-core');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const { loadGraphModelSync } = require('@tensorflow/tfjs-converter');
  wasm.setThreadsCount(1);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  await tf.setBackend('wasm');
  const { modelTopology, weightsManifest } = JSON.parse(
    new TextDecoder().decode(await model.bytes('tfjs/model.json')),
  );
  const shards = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths).map((path) => model.bytes(`tfjs/${path}`)),
  );
  const network = loadGraphModelSync({
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(shards)).buffer,
  });
  return {
    run: () => tf.tidy(() => network.execute(tf.tensor(model.input, model.shape, 'float32')).dataSync()),
  };
}
