import { integerRange, roundHalfAwayFromZero, type TensorData, tensorOf } from '../../../src/core/index.js';
import { exactValues } from '../../../src/eval/compare/exact.js';
import { assert, test } from '../../harness.js';
import { activations } from '../../quant/run.js';
import { int8Net } from './variants.js';

test('rounded and clamped, exact values are what the integer kernels give, ties aside', () => {
  const { graph, input } = int8Net(3);
  const values = activations(graph, input.data.slice(0, 360)) as ReadonlyMap<string, TensorData>;
  let compared = 0;
  for (const node of graph.nodes) {
    const name = node.outputs[0]!;
    const { quantization } = tensorOf(graph, name);
    const { min, max } = integerRange(quantization!.bits, quantization!.signed);
    const exact = exactValues(graph, node, (of) => values.get(of)!, 1)!;
    const actual = values.get(name)!;
    assert.is(exact.length, actual.length, name);
    for (let i = 0; i < exact.length; i++) {
      const isTie = Math.abs(exact[i]! - Math.floor(exact[i]!) - 0.5) < 0.05;
      const rounded = Math.min(max, Math.max(min, roundHalfAwayFromZero(exact[i]!)));
      if (!isTie) assert.is(Number(actual[i]), rounded, `${name} ${i}`);
      compared += isTie ? 0 : 1;
    }
  }
  assert.ok(compared > 5000);
});

test('the exact values of a float network are unknown', () => {
  const { basis } = int8Net(3);
  const { reference } = basis;
  assert.is(
    exactValues(reference, reference.nodes[0]!, () => new Float32Array(360), 1),
    null,
  );
});
