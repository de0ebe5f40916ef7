import { buildProgram, openPlace } from '../../dist/engine/index.js';
import { importTflite } from '../../dist/import/index.js';

/** QPANN itself, with its fast kernels, only outputs looked at. In a page too: it is given the bytes of the kernels. */
export async function load(model) {
  const file = model.precision === 'int8' ? 'int8.tflite' : 'float.tflite';
  const module = new WebAssembly.Module(await model.kernels());
  const { graph } = importTflite(await model.bytes(file), file);
  const program = buildProgram([graph], { kernels: { plain: module, shared: module }, meetings: [[]] });
  const network = openPlace(program).samples[0][0];
  return { run: () => network.run([model.input])[0] };
}
