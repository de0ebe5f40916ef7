import {
  type Graph,
  type Node,
  QpannError,
  type Quantization,
  type Tensor,
  type TensorData,
  tensorOf,
} from '../../core/index.js';
import { compile } from '../../engine/index.js';
import { opOf } from '../../ops/index.js';
import { channelOf } from '../../quant/index.js';

/** Operators that only turn numbers into other forms of themselves. */
const CONVERSIONS: ReadonlySet<string> = new Set(['quantize', 'dequantize']);
/** Above, TensorFlow Lite's own arithmetic is further from the exact value than a tie is. */
const MOST_BITS = 8;

/**
 * What a node gives in exact arithmetic, in the integers of its first output with the zero point added, before rounding and clamping:
 * its float kernel on what its inputs stand for.
 * @param valuesOf the values of an activation, sample after sample
 * @returns null for outputs that are no integers of up to 8 bits, and for operators that have no float kernel
 */
export function exactValues(
  graph: Graph,
  node: Node,
  valuesOf: (name: string) => TensorData,
  samples: number,
): Float64Array | null {
  const output = tensorOf(graph, node.outputs[0]!);
  const { quantization } = output;
  if (quantization === undefined || quantization.bits > MOST_BITS) return null;
  const inputs = node.inputs.map((name) => tensorOf(graph, name));
  const isConversion = CONVERSIONS.has(node.op);
  if (inputs.some(({ data, dtype, quantization: own }) => !data && dtype !== 'float32' && !own)) return null;
  const { weights } = opOf(node.op).quantization ?? {};
  const isLinear = weights !== undefined && inputs[0]!.quantization !== undefined;
  // Sums of products stay whole numbers, which float32 adds exactly.
  const units = isLinear ? unitsOf(inputs, quantization, weights.axis) : [1 / quantization.scales[0]!];
  const real = isLinear ? centred : dequantized;
  const result = isConversion
    ? real(inputs[0]!, valuesOf(inputs[0]!.name))
    : runInFloat(graph, node, (tensor) => real(tensor, tensor.data ?? valuesOf(tensor.name)), samples);
  const zeroPoint = quantization.zeroPoints[0]!;
  return result && Float64Array.from(result, (value, i) => value * units[i % units.length]! + zeroPoint);
}

/** What one unit of the accumulator is in integers of the output, for each channel. */
function unitsOf([input, weights]: readonly Tensor[], output: Quantization, axis: number): number[] {
  const scales = weights!.quantization?.scales ?? [1];
  const channels = weights!.shape[axis]!;
  const unit = input!.quantization!.scales[0]! / output.scales[0]!;
  return Array.from({ length: channels }, (_, i) => unit * scales[scales.length === 1 ? 0 : i]!);
}

/** The integers of a tensor less their zero points, as float32. */
export function centred({ shape, quantization }: Tensor, data: TensorData): Float32Array {
  const { zeroPoints, axis } = quantization ?? { zeroPoints: [0], axis: null };
  const result = new Float32Array(data.length);
  const channel = axis === null ? () => 0 : channelOf(shape, axis);
  for (let i = 0; i < result.length; i++) result[i] = Number(data[i]) - zeroPoints[channel(i)]!;
  return result;
}

function dequantized(tensor: Tensor, data: TensorData): Float32Array {
  const { shape, quantization } = tensor;
  if (quantization === undefined) return Float32Array.from(data as Float32Array);
  const { scales, zeroPoints, axis } = quantization;
  const channel = axis === null ? () => 0 : channelOf(shape, axis);
  return Float32Array.from({ length: data.length }, (_, i) => {
    const c = channel(i);
    return scales[c]! * (Number(data[i]) - zeroPoints[c]!);
  });
}

/** Runs a node alone in float32, without its fused activation. */
function runInFloat(
  graph: Graph,
  node: Node,
  real: (tensor: Tensor) => Float32Array,
  samples: number,
): Float32Array | null {
  const tensors = new Map<string, Tensor>();
  const batches: Float32Array[] = [];
  const activations: string[] = [];
  for (const name of new Set(node.inputs)) {
    const tensor = tensorOf(graph, name);
    const isNumbers =
      tensor.data !== undefined && tensor.quantization === undefined && tensor.dtype !== 'float32';
    const values = isNumbers && !opOf(node.op).quantization?.weights ? undefined : real(tensor);
    if (values === undefined) tensors.set(name, tensor);
    else if (tensor.data !== undefined)
      tensors.set(name, { name, shape: tensor.shape, dtype: 'float32', data: values });
    else {
      tensors.set(name, { name, shape: tensor.shape, dtype: 'float32' });
      activations.push(name);
      batches.push(values);
    }
  }
  for (const name of node.outputs)
    tensors.set(name, { name, shape: tensorOf(graph, name).shape, dtype: 'float32' });
  const attributes =
    'activation' in node.attributes ? { ...node.attributes, activation: 'none' } : node.attributes;
  const { numerics: _, ...rest } = node;
  const single = { ...rest, attributes };
  if (activations.length === 0 || opOf(node.op).kernels.float32 === undefined) return null;
  try {
    const [model] = compile([
      { name: node.outputs[0]!, tensors, nodes: [single], inputs: activations, outputs: [node.outputs[0]!] },
    ]);
    const parts = Array.from({ length: samples }, (_, sample) => {
      const inputs = batches.map((values) => {
        const size = values.length / samples;
        return values.subarray(sample * size, (sample + 1) * size);
      });
      return Float32Array.from(model!.run(inputs)[0] as Float32Array);
    });
    const result = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.forEach((part, sample) => {
      result.set(part, sample * part.length);
    });
    return result;
  } catch (error) {
    if (error instanceof QpannError) return null;
    throw error;
  }
}
