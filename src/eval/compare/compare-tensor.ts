import { dtypeOf, elementCount, type Node, type Tensor, type TensorData } from '../../core/index.js';
import type { TensorComparison } from './comparison.js';
import { type Elements, elementsOf, integerFacts, type OtherTensor, sameOrder } from './elements.js';
import {
  elementDifference,
  measure,
  type SqnrOf,
  type Tolerances,
  unlike,
  withinTolerances,
} from './measure.js';
import { identical, type Values } from './patterns/index.js';

/** What is known of a tensor before anybody asks why it differs. */
export type TensorCounts = Omit<TensorComparison, 'cause' | 'patterns' | 'model_differences'>;

/** A tensor compared. */
export interface ComparedTensor {
  readonly counts: TensorCounts;
  readonly differs: boolean;
  /** What to look for patterns in; null when the sides have different numbers of elements. */
  readonly values: Omit<Values, 'exact'> | null;
  /** Whether B's elements are in A's order, as far as shapes tell. */
  readonly inOrder: boolean;
}

/**
 * Compares a tensor of A with B's.
 * @param tensor its shape has all samples in the first dimension
 * @param node what writes it; undefined for the network's input
 */
export function compareTensor(
  tensor: Tensor,
  node: Node | undefined,
  data: TensorData,
  other: OtherTensor,
  tolerances: Tolerances,
): ComparedTensor {
  const { name, shape, dtype } = tensor;
  const elements = elementCount(shape) === elementCount(other.shape) ? elementsOf(tensor, data, other) : null;
  const inOrder = sameOrder(shape, other.shape);
  const integer =
    elements === null || elements.real || tensor.dtype === 'float32' ? null : integerFacts(tensor, node);
  const same = elements?.real ? withinTolerances(tolerances) : identical;
  const counts =
    elements !== null && inOrder
      ? measure(elements.a, elements.b, same, elements.real, sqnrOf(elements, integer?.zeroPoint))
      : unlike(elementCount(shape));
  const { source } = node ?? {};
  return {
    counts: {
      tensor: name,
      name_b: other.name,
      source: source ? { index: source.index, name: source.name, class: source.className } : null,
      shape,
      shape_b: other.shape,
      dtype,
      dtype_b: dtypeOf(other.data),
      real: elements?.real ?? dtype === 'float32',
      ...counts,
      first: elements !== null && inOrder ? firstDifference(elements, shape, same) : null,
    },
    differs: counts.equal < counts.elements,
    values: elements && { a: elements.a, b: elements.b, same, integer },
    inOrder,
  };
}

const sqnrOf = ({ reals }: Elements, zeroPoint = 0): SqnrOf =>
  reals === undefined ? { zeroPoint } : { a: reals[0], b: reals[1] };

function firstDifference(
  { a, b, scales }: Elements,
  shape: readonly number[],
  same: Values['same'],
): TensorComparison['first'] {
  const at = a.findIndex((value, i) => !same(value, b[i]!));
  return at < 0 ? null : elementDifference(shape, at, [a[at]!, b[at]!], scales);
}
