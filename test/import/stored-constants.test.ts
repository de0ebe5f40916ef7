import { perTensor, QpannError } from '../../src/core/index.js';
import type { FileTensor } from '../../src/import/tflite/schema.js';
import {
  halfToNumber,
  halvesToFloats,
  integersToFloats,
  unpackedNibbles,
} from '../../src/import/tflite/stored-constants.js';
import { fileTensors } from '../../src/import/tflite/tensors.js';
import { assert, test } from '../harness.js';
import { checksum } from './tflite-files.js';

test('every finite half-precision number is what NumPy makes of it', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((i) => (i & 0x7c00) !== 0x7c00);
  assert.is(bits.length, 63488);
  assert.is(
    checksum([halvesToFloats(new Uint8Array(bits.buffer))]),
    'cb34a8c3b8855f6ca5a3c91b264f3bf21176b2e1d85203a881efb0cabe2d5c80',
  );
});

test('half-precision infinities and NaN stay what they are, and so does −0', () => {
  assert.equal([0x7c00, 0xfc00].map(halfToNumber), [Infinity, -Infinity]);
  assert.ok([0x7c01, 0x7fff, 0xfe00].every((bits) => Number.isNaN(halfToNumber(bits))));
  assert.ok(Object.is(halfToNumber(0x8000), -0));
});

test('numbers of 4 bits lie two in a byte, the lower half first', () => {
  assert.equal(unpackedNibbles(Uint8Array.of(0x80, 0x7f, 0x0a), 5), Int8Array.of(0, -8, -1, 7, -6));
});

test('integers are dequantized with one rounding, with the scale of their channel', () => {
  const data = Int8Array.of(-128, -1, 0, 1, 2, 127);
  const scale = Math.fround(0.1);
  assert.equal(
    integersToFloats(data, [6], perTensor(0.1, 3)),
    Float32Array.from(data, (q) => Math.fround(scale * (q - 3))),
  );
  const perChannel = { scales: [1, 0.5], zeroPoints: [0, 1], axis: 1, bits: 8, signed: true };
  assert.equal(integersToFloats(data, [1, 2, 3], perChannel), Float32Array.of(-128, -1, 0, 0, 0.5, 63));
});

test('tensors that share their bytes are not dequantized without end', () => {
  const shared = (index: number): FileTensor => ({
    index,
    name: '',
    shape: [1000],
    shapeSignature: [],
    type: 9,
    buffer: 0,
    isVariable: false,
    isSparse: false,
    scales: [index + 1],
    zeroPoints: [0],
    hasCustomQuantization: false,
    quantizedDimension: 0,
  });
  const file = fileTensors({
    name: '',
    tensors: Array.from({ length: 9 }, (_, index) => shared(index)),
    operators: [],
    inputs: [],
    outputs: [],
    buffers: [new Uint8Array(1000)],
  });
  for (let index = 0; index < 4; index++) file.real(index, 'net.tflite');
  file.real(0, 'net.tflite');
  assert.throws(
    () => file.real(4, 'net.tflite'),
    (error: unknown) => error instanceof QpannError && /share their values/.test(error.message),
  );
});
