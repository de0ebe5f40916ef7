import { QpannError } from '../../src/core/errors.js';
import { type PreprocessOptions, preprocess } from '../../src/data/index.js';
import { assert, test } from '../harness.js';
import { bytesOf, expected, imageOf } from './fixtures.js';

const options = (normalization: PreprocessOptions['normalization']): PreprocessOptions => ({
  resize: 'bilinear',
  cropFraction: null,
  normalization,
});
const row = imageOf({ width: 256, height: 1, rgb: expected.preprocessed.rgb });
const floats = (base64: string) => new Float32Array(bytesOf(base64).buffer);

for (const mode of ['tf', 'torch', 'caffe'] as const) {
  test(`mode ${mode} gives Keras's bits for every byte`, () => {
    const values = preprocess(row, [1, 1, 256, 3], options({ mode }));
    assert.equal(new Uint32Array(values.buffer), new Uint32Array(floats(expected.preprocessed[mode]).buffer));
  });
}

test('mode none keeps the bytes', () => {
  assert.equal(preprocess(row, [1, 256, 3], options({ mode: 'none' })), Float32Array.from(row.pixels));
});

test('explicit numbers are (x × scale − mean) / std', () => {
  const values = preprocess(row, [1, 1, 256, 3], options({ mean: [1, 2, 3], std: [2, 4, 8], scale: 0.5 }));
  assert.equal([...values.subarray(0, 3)], [-0.5, (127.5 - 2) / 4, -0.375]);
});

test('explicit numbers with scale 1 and the means of mode caffe differ from it only in the order of channels', () => {
  const caffe = preprocess(row, [1, 1, 256, 3], options({ mode: 'caffe' }));
  const explicit = preprocess(
    row,
    [1, 1, 256, 3],
    options({ mean: [123.68, 116.779, 103.939], std: [1, 1, 1], scale: 1 }),
  );
  assert.equal([...explicit.subarray(30, 33)].reverse(), [...caffe.subarray(30, 33)]);
});

test('one channel is the luma of Pillow', () => {
  const image = imageOf(expected.luma);
  const values = preprocess(image, [1, 11, 17, 1], options({ mode: 'none' }));
  assert.equal(values, Float32Array.from(bytesOf(expected.luma.luma)));
});

test('crop and resize come before normalization', () => {
  const image = imageOf(expected.source);
  const values = preprocess(image, [1, 8, 6, 3], {
    resize: 'bicubic',
    cropFraction: 0.875,
    normalization: { mode: 'tf' },
  });
  assert.is(values.length, 8 * 6 * 3);
  assert.ok(values.every((value) => value >= -1 && value <= 1));
});

test('what does not fit the channels or is no image is refused', () => {
  const refuse = (
    shape: readonly number[],
    normalization: PreprocessOptions['normalization'],
    message: RegExp,
  ) =>
    assert.throws(
      () => preprocess(row, shape, options(normalization)),
      (error: unknown) => error instanceof QpannError && message.test(error.message),
    );
  refuse([1, 4, 4, 1], { mode: 'torch' }, /torch is for 3 channels/);
  refuse([1, 4, 4, 3], { mean: [0], std: [1], scale: 1 }, /1 values of mean/);
  refuse([1, 4, 4, 2], { mode: 'tf' }, /\[1, 4, 4, 2\]; expected an image/);
  refuse([4, 4], { mode: 'tf' }, /expected an image/);
});
