import type { QpannError } from '../../src/core/index.js';
import type { CustomLayer } from '../../src/ops/index.js';
import { assert, test } from '../harness.js';
import { evaluate, floats } from './evaluate.js';

const attributesOf = (run: CustomLayer['run']) => ({
  layer: { run },
  attributes: { factor: 3 },
  shape: [2],
  where: 'layer 4 mine (Dense)',
});

test('a custom layer sees its inputs and the attributes of the layer that it replaces', () => {
  const attributes = attributesOf(({ inputs, attributes: { factor } }) =>
    inputs[0]!.data.map((value) => value * (factor as number)),
  );
  assert.equal(evaluate('custom', attributes, [floats(1, 2)]).data, [3, 6]);
});

test('a custom layer that fails or returns something else is named', () => {
  const failing = attributesOf(() => {
    throw new Error('boom');
  });
  const isFailure = ({ kind, message }: QpannError) =>
    kind === 'failure' && message.startsWith('layer 4 mine (Dense)');
  assert.throws(() => evaluate('custom', failing, [floats(1, 2)]), isFailure);
  assert.throws(
    () =>
      evaluate(
        'custom',
        attributesOf(() => new Float32Array(3)),
        [floats(1, 2)],
      ),
    isFailure,
  );
});
