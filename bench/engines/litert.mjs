import { loadAndCompile, loadLiteRt, Tensor } from '@litertjs/core';

/** LiteRT.js on the processor: XNNPACK as WebAssembly with relaxed SIMD, one thread. In a page only; its tensors cannot be int8. */
export async function load(model) {
  const file = model.precision === 'int8' ? 'int8-float-io.tflite' : 'float.tflite';
  await loadLiteRt('/node_modules/@litertjs/core/wasm/', { threads: false });
  const network = await loadAndCompile(await model.bytes(file), {
    accelerator: 'wasm',
    cpuOptions: { numThreads: 1 },
  });
  return {
    async run() {
      const input = new Tensor(model.floatInput, model.shape);
      const [output] = await network.run(input);
      const values = await output.data();
      input.delete();
      output.delete();
      return values;
    },
  };
}
