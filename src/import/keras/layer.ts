import { elementCount, formatShape, type Shape } from '../../core/index.js';
import type { OpName } from '../../ops/index.js';
import { isSize, type Settings, shown } from './settings.js';

/** One side of an operator: a tensor or a number. */
export type Operand = string | number;

/** One node of a layer: `op` applied to the value so far, then `others`. */
export interface Step {
  readonly op: OpName;
  readonly attributes: object;
  /** Tensors behind the first input: weights, constants, the layer's further inputs. */
  readonly others?: readonly string[];
  /** All that it reads instead, given the layer's first input and what the steps so far have written. */
  readonly reads?: (values: readonly string[]) => readonly string[];
  /** Names the tensor `<layer>/<stage>` when other nodes of the layer follow; the last one writes `<layer>`. */
  readonly stage?: string;
}

/** What a decoder sees of its layer. */
export interface LayerContext {
  readonly settings: Settings;
  /** Major version of the Keras that wrote the file, 2 when the file does not say. */
  readonly kerasVersion: number;
  /** Shapes of the layer's inputs, batch first. */
  readonly shapes: readonly Shape[];
  /** Names of the tensors that the layer reads. */
  readonly inputs: readonly string[];
  /** Both sides of an operator such as x + 3: a tensor's name, or a number. Absent for what is no operator. */
  readonly operands?: readonly Operand[];
  /**
   * The values of a weight, by the first of `names` that the file has.
   * @throws QpannError when it is missing, has another shape or holds NaN or infinity.
   */
  weight(names: readonly string[], shape: Shape): Float32Array;
  /** Declares the constant `<layer>/<name>`. @returns the tensor's name. */
  constant(name: string, shape: Shape, data: Float32Array): string;
}

/** Turns a layer into nodes that run one after the other; none for a layer that does nothing at inference. */
export type Decode = (layer: LayerContext) => readonly Step[];

/** Shape of the only input as [batch, height, width, channels]. @throws QpannError when it is no image. */
export function imageShape({ settings, shapes }: LayerContext): readonly [number, number, number, number] {
  const shape = shapes[0]!;
  if (shape.length !== 4)
    return settings.fail(`needs an image of height, width and channels, got shape ${formatShape(shape)}`);
  if (settings.text('data_format', 'channels_last') !== 'channels_last')
    return settings.fail('has data_format channels_first; only channels_last is supported');
  return shape as readonly number[] as readonly [number, number, number, number];
}

/** @throws QpannError unless `axis` of the config (a number or a list of one) means the last dimension. */
export function requireLastAxis({ settings, shapes }: LayerContext, key = 'axis'): void {
  const rank = shapes[0]!.length;
  const value = settings.raw(key) ?? -1;
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (axes.length !== 1 || (axes[0] !== -1 && axes[0] !== rank - 1))
    settings.fail(`has ${key} ${shown(value)}; only the last axis is supported`);
}

/** `padding` of a window. */
export function paddingOf({ settings }: LayerContext): 'same' | 'valid' {
  const padding = settings.text('padding', 'valid').toLowerCase();
  return padding === 'same' || padding === 'valid'
    ? padding
    : settings.fail(`has padding ${padding}; same and valid are supported`);
}

/** [[top, bottom], [left, right]] of a padding or cropping: one number, two or four. */
export function bordersOf({ settings }: LayerContext, key: string): readonly (readonly [number, number])[] {
  const value = settings.raw(key);
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const borders = sides.map((side) => (Array.isArray(side) ? side : [side, side]));
  if (borders.length === 2 && borders.every((pair) => pair.length === 2 && pair.every((n) => isSize(n, 0))))
    return borders as unknown as readonly (readonly [number, number])[];
  return settings.fail(`${key} is ${shown(value)}, not [[top, bottom], [left, right]]`);
}

/** A [rows, columns] matrix as [columns, rows]. */
export function transposed(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = values[row * columns + column]!;
  return result;
}

/** Sizes of one sample of a shape with the batch first. */
export const sampleSize = (shape: Shape): number => elementCount(shape.slice(1));
