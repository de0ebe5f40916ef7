/**
 * @typedef {object} Model what an engine is given, in a process or in a page
 * @property {'float32' | 'int8'} precision
 * @property {readonly number[]} shape of the input, NHWC
 * @property {Float32Array | Int8Array} input as the `.tflite` file of this precision takes it
 * @property {Float32Array} floatInput
 * @property {(file: string) => Promise<Uint8Array>} bytes of a file of the network
 * @property {() => Promise<Uint8Array>} kernels QPANN's compiled kernels
 *
 * @typedef {object} Session an engine that is ready: one run puts the input in, computes, and takes the output out
 * @property {() => ArrayLike<number> | Promise<ArrayLike<number>>} run
 */

/**
 * A few runs.
 * @param {Session} session @param {number} runs @returns {Promise<number[]>} milliseconds of each
 */
export async function turn(session, runs) {
  const times = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await session.run();
    times.push(performance.now() - start);
  }
  return times;
}

/**
 * The input and what else comes with it.
 * @param {'float32' | 'int8'} precision @param {Model['bytes']} bytes @param {Model['kernels']} kernels
 * @returns {Promise<Model>}
 */
export async function modelOf(precision, bytes, kernels) {
  const { shape } = JSON.parse(new TextDecoder().decode(await bytes('info.json')));
  const floatInput = new Float32Array(new Uint8Array(await bytes('input.f32')).buffer);
  const input =
    precision === 'int8' ? new Int8Array(new Uint8Array(await bytes('input.i8')).buffer) : floatInput;
  return { precision, shape, input, floatInput, bytes, kernels };
}
