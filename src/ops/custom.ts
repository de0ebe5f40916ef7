import { elementCount, failure, type Shape, type Tensor } from '../core/index.js';
import { defineOp } from './define.js';

/** One float tensor that a custom layer sees. */
export interface CustomTensor {
  readonly shape: Shape;
  /** Row-major values; images are NHWC. Read only. */
  readonly data: Float32Array;
}

/** What a custom layer gets: everything the layer that it replaces had. */
export interface CustomLayerContext {
  /** Activations that go into the layer, with a leading batch dimension of 1. */
  readonly inputs: readonly CustomTensor[];
  /** Attributes of the replaced operator, for example `strides` and `padding`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Constants of the layer: weights first (conv OHWI, depthwise 1HWC, dense [out, in]), then the bias. */
  readonly weights: readonly CustomTensor[];
  /** Shape that the output must have: the replaced layer's. */
  readonly outputShape: Shape;
}

/**
 * A layer written by the user of QPANN, exported as `default` or as `layer` of the module that a recreation config names.
 * It is called once per image and returns the float output.
 */
export interface CustomLayer {
  /** Shown in results instead of the replaced layer's class. */
  readonly name?: string;
  run(context: CustomLayerContext): Float32Array;
}

export interface CustomAttributes {
  readonly layer: CustomLayer;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly shape: Shape;
  /** What stands in messages: which layer this is. */
  readonly where: string;
}

const asCustomTensor = (tensor: Tensor, data: unknown): CustomTensor => ({
  shape: tensor.shape,
  data: data as Float32Array,
});

/** A layer of the user's own: runs `attributes.layer` on float tensors. */
export const custom = defineOp({
  name: 'custom',
  inferShapes: (_inputs, attributes: CustomAttributes) => [attributes.shape],
  macs: () => 0,
  kernels: {
    float32: {
      prepare({ inputs, attributes }, buffers) {
        const { layer, shape, where } = attributes;
        const tensors = inputs.map((tensor, i) => asCustomTensor(tensor, buffers.inputs[i]));
        const context: CustomLayerContext = {
          inputs: tensors.filter((_, i) => inputs[i]!.data === undefined),
          weights: tensors.filter((_, i) => inputs[i]!.data !== undefined),
          attributes: attributes.attributes,
          outputShape: shape,
        };
        const output = buffers.outputs[0] as Float32Array;
        return () => {
          const result = runLayer(layer, context, where);
          if (!(result instanceof Float32Array) || result.length !== elementCount(shape))
            throw failure(
              `${where}: the custom layer must return a Float32Array of ${elementCount(shape)} values`,
            );
          output.set(result);
        };
      },
    },
  },
});

function runLayer(layer: CustomLayer, context: CustomLayerContext, where: string): unknown {
  try {
    return layer.run(context);
  } catch (cause) {
    throw failure(`${where}: the custom layer failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
