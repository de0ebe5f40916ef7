/** What both builds of ONNX Runtime share. The quantized file takes and gives floats: QDQ. */
export async function session(runtime, model, options) {
  const file = model.precision === 'int8' ? 'int8.onnx' : 'float.onnx';
  const network = await runtime.InferenceSession.create(await model.bytes(file), options);
  const [source] = network.inputNames;
  const [target] = network.outputNames;
  return {
    async run() {
      const input = new runtime.Tensor('float32', model.floatInput, model.shape);
      return (await network.run({ [source]: input }))[target].data;
    },
  };
}
