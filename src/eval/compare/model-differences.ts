import {
  type Graph,
  producers,
  type Quantization,
  sameQuantization,
  type Tensor,
  TFLITE_NUMERICS,
  tensorOf,
} from '../../core/index.js';

/**
 * What two models have different where one of their tensors is written: operator, attributes, numerics, weights, scales.
 * @param names the tensor in A and in B
 * @returns one text for each difference
 */
export function modelDifferences(a: Graph, b: Graph, [nameA, nameB]: readonly [string, string]): string[] {
  const output = quantizationDifference('the tensor', tensorOf(a, nameA), tensorOf(b, nameB));
  const [nodeA, nodeB] = [producers(a).get(nameA), producers(b).get(nameB)];
  if (nodeA === undefined || nodeB === undefined) return output;
  if (nodeA.op !== nodeB.op) return [`operator ${nodeA.op}, in B ${nodeB.op}`, ...output];
  return [
    ...entryDifferences(nodeA.attributes, nodeB.attributes),
    ...entryDifferences(nodeA.numerics ?? TFLITE_NUMERICS, nodeB.numerics ?? TFLITE_NUMERICS),
    ...nodeA.inputs.flatMap((name, i) => {
      const other = nodeB.inputs[i];
      if (other === undefined) return [`input ${i}, which B lacks`];
      return inputDifferences(i, tensorOf(a, name), tensorOf(b, other));
    }),
    ...(nodeB.inputs.length > nodeA.inputs.length ? [`no input ${nodeA.inputs.length}, which B has`] : []),
    ...output,
  ];
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');

function entryDifferences(a: object, b: object): string[] {
  const [own, theirs] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...own.keys(), ...theirs.keys()])].flatMap((name) => {
    const [valueA, valueB] = [text(own.get(name)), text(theirs.get(name))];
    return valueA === valueB ? [] : [`${name} ${valueA}, in B ${valueB}`];
  });
}

function inputDifferences(i: number, a: Tensor, b: Tensor): string[] {
  const what = `input ${i}`;
  if ((a.data === undefined) !== (b.data === undefined))
    return [`${what} is ${a.data ? 'a constant' : 'computed'}, in B ${b.data ? 'a constant' : 'computed'}`];
  return [...valueDifferences(what, a, b), ...quantizationDifference(what, a, b)];
}

function valueDifferences(what: string, { data: own }: Tensor, { data: theirs }: Tensor): string[] {
  if (own === undefined || theirs === undefined) return [];
  if (own.length !== theirs.length) return [`${what} has ${own.length} values, in B ${theirs.length}`];
  let count = 0;
  let largest = 0;
  for (let i = 0; i < own.length; i++) {
    const difference = Math.abs(Number(own[i]) - Number(theirs[i]));
    if (difference !== 0) count += 1;
    if (difference > largest) largest = difference;
  }
  return count === 0 ? [] : [`${count} of the ${own.length} values of ${what} differ, by ${largest} at most`];
}

function quantizationDifference(what: string, a: Tensor, b: Tensor): string[] {
  const [own, theirs] = [a.quantization, b.quantization];
  if (sameQuantization(own, theirs)) return [];
  if (own?.axis !== theirs?.axis || own?.axis === null)
    return [`${what} has ${parameters(own)}, in B ${parameters(theirs)}`];
  const count = own!.scales.filter(
    (scale, i) => scale !== theirs!.scales[i] || own!.zeroPoints[i] !== theirs!.zeroPoints[i],
  ).length;
  return [`${count} of the ${own!.scales.length} scales or zero points of ${what} differ`];
}

const parameters = (quantization: Quantization | undefined): string => {
  if (quantization === undefined) return 'real numbers';
  const { scales, zeroPoints, axis, bits, signed } = quantization;
  const type = `${signed ? '' : 'unsigned '}${bits} bits`;
  return axis === null
    ? `${type}, scale ${scales[0]}, zero point ${zeroPoints[0]}`
    : `${type}, ${scales.length} scales along dimension ${axis}`;
};
