/**
 * A worked example of a custom layer: a dense layer that keeps its weights as bfloat16, the upper half of a float32 (8 exponent
 * bits, 7 mantissa bits), and computes in float32. It asks what a floating-point unit with half the weight memory would
 * cost in accuracy.
 */

const bits = new DataView(new ArrayBuffer(4));

/** The bfloat16 nearest to a finite float32, ties to even. */
function toBfloat16(value) {
  bits.setFloat32(0, value);
  const pattern = bits.getUint32(0);
  const half = 0x7fff + ((pattern >>> 16) & 1);
  bits.setUint32(0, ((pattern + half) & 0xffff0000) >>> 0);
  return bits.getFloat32(0);
}

/** Weights are the same for every image, so they are rounded once. */
const rounded = new WeakMap();

function roundedWeights(weights) {
  if (!rounded.has(weights)) rounded.set(weights, weights.map(toBfloat16));
  return rounded.get(weights);
}

/** What a ReLU or ReLU6 that was merged into the layer does. */
function activate(value, activation) {
  if (activation === 'relu') return Math.max(value, 0);
  if (activation === 'relu6') return Math.min(Math.max(value, 0), 6);
  return value;
}

/** QPANN looks for an export called `layer`, or the default export. Only `run` is required. */
export const layer = {
  /** Shown in results in the place of the replaced layer's class. */
  name: 'bfloat16_dense',

  /**
   * Called once per image.
   *
   * - `inputs`: the activations, each `{ shape, data }` with a leading batch dimension of 1;
   * - `weights`: the constants, weights first (dense [out, in]; conv [out, height, width, in]; depthwise
   *   [1, height, width, channels]), then the bias if there is one;
   * - `attributes`: of the replaced operator, for example `strides` and `padding` of a convolution;
   * - `outputShape`: how many values to return.
   */
  run({ inputs, weights, attributes, outputShape }) {
    const x = inputs[0].data;
    const [outputs, depth] = weights[0].shape;
    const w = roundedWeights(weights[0].data);
    const bias = weights[1]?.data;
    const result = new Float32Array(outputShape.reduce((product, size) => product * size, 1));
    for (let output = 0; output < outputs; output++) {
      let sum = 0;
      for (let i = 0; i < depth; i++) sum = Math.fround(sum + Math.fround(x[i] * w[output * depth + i]));
      if (bias !== undefined) sum = Math.fround(sum + bias[output]);
      result[output] = activate(sum, attributes.activation);
    }
    return result;
  },
};
