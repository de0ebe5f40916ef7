import { compile } from '../../dist/engine/index.js';
import { importTflite } from '../../dist/import/index.js';

/** QPANN itself, with its fast kernels. In a page too: it is given the bytes of the kernels. */
export async function load(model) {
  const file = model.precision === 'int8' ? 'int8.tflite' : 'float.tflite';
  const module = new WebAssembly.Module(await model.kernels());
  const { graph } = importTflite(await model.bytes(file), file);
  const [network] = compile([graph], { plain: module, shared: module });
  return { run: () => network.run([model.input])[0] };
}
