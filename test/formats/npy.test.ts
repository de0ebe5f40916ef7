import fc from 'fast-check';
import { QpannError } from '../../src/core/index.js';
import { decodeNpy, encodeNpy, type NpyArray } from '../../src/formats/npy.js';
import { assert, test } from '../harness.js';

/** The bytes of a `.npy` file with a header of one's own. */
function npy(header: string, values: Uint8Array, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const size =
    version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...size,
    ...text,
    ...values,
  ]);
}
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const decode = (bytes: Uint8Array): NpyArray => decodeNpy(bytes, 'x.npy');

test('an encoded array is decoded again, of every type', () => {
  const arrays = [
    Float32Array.of(1.5, -0, Number.NaN, Infinity),
    Int8Array.of(-128, 0, 1, 127),
    Uint8Array.of(0, 1, 2, 255),
    Int16Array.of(-32768, 0, 1, 32767),
    Int32Array.of(-(2 ** 31), 0, 1, 2 ** 31 - 1),
    BigInt64Array.of(-(2n ** 63n), 0n, 1n, 2n ** 63n - 1n),
  ];
  for (const data of arrays)
    for (const shape of [[4], [2, 2], [1, 4, 1]]) {
      const bytes = encodeNpy({ shape, data });
      assert.is((bytes.length - data.byteLength) % 64, 0, 'values start at a multiple of 64 bytes');
      const decoded = decode(bytes);
      assert.equal([decoded.shape, decoded.data.constructor], [shape, data.constructor]);
      assert.equal(new Uint8Array(decoded.data.buffer), new Uint8Array(data.buffer), 'bits, NaN and -0 too');
    }
});

test('a scalar, an empty array and a view into a larger buffer are encoded', () => {
  assert.equal(decode(encodeNpy({ shape: [], data: Float32Array.of(7) })).shape, []);
  assert.equal(decode(encodeNpy({ shape: [0, 3], data: new Float32Array(0) })).shape, [0, 3]);
  const view = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  assert.equal(decode(encodeNpy({ shape: [2], data: view })).data, Float32Array.of(2, 3));
});

test('the header is the one that NumPy writes', () => {
  const text = new TextDecoder('latin1').decode(encodeNpy({ shape: [3], data: new Float32Array(3) }));
  assert.ok(text.startsWith("\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"));
  assert.is(text[127], '\n');
});

test('a Buffer that is part of a larger one is read from where it starts', () => {
  const bytes = encodeNpy({ shape: [3], data: Float32Array.of(1, 2, 3) });
  const buffer = Buffer.concat([Buffer.from([9]), bytes]).subarray(1);
  assert.equal(decode(buffer).data, Float32Array.of(1, 2, 3));
});

test('the array does not share memory with the file', () => {
  const bytes = Buffer.from(encodeNpy({ shape: [1], data: Float32Array.of(1) }));
  const { data } = decode(bytes);
  bytes.fill(0);
  assert.equal(data, Float32Array.of(1));
});

const HEADERS = [
  "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }          \n",
  "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1)}\n",
  "{'shape':(2,1),'fortran_order':False,'descr':'<f4'}",
  "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L), }\n",
];
for (const header of HEADERS)
  test(`header ${header.trim()} in versions 1 to 3`, () => {
    for (const version of [1, 2, 3])
      assert.equal(decode(npy(header, floats(5, 6), version)), {
        shape: [2, 1],
        data: Float32Array.of(5, 6),
      });
  });

test('float64 becomes float32', () => {
  const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
  const values = new Uint8Array(Float64Array.of(0.1, 1e300).buffer);
  assert.equal(decode(npy(header, values)).data, Float32Array.of(0.1, Infinity));
});

const order = "'fortran_order': False";
const HOSTILE: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp])[] = [
  ['nothing', new Uint8Array(0), /not a \.npy file/],
  ['the magic alone', npy('', new Uint8Array(0)).subarray(0, 8), /not a \.npy file/],
  ['version 0', npy("{'descr': '<f4', 'shape': ()}", floats(1), 0), /version 0/],
  ['version 9', npy("{'descr': '<f4', 'shape': ()}", floats(1), 9), /version 9/],
  ['an empty header', npy('', floats(1, 2)), /structured values/],
  ['a cut header', npy('{'.repeat(500), floats()).subarray(0, 100), /truncated \.npy header/],
  ['big-endian values', npy(`{'descr': '>f4', ${order}, 'shape': (1,), }`, floats(1)), /holds >f4 values/],
  ['objects', npy(`{'descr': '|O', ${order}, 'shape': (1,), }`, floats(1)), /holds \|O values/],
  ['a type called as a property', npy(`{'descr': 'constructor', 'shape': (1,)}`, floats(1)), /constructor/],
  ['a structured type', npy(`{'descr': [('a', '<f4')], ${order}, 'shape': (1,), }`, floats(1)), /structured/],
  ['Fortran order', npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}", floats(1)), /Fortran/],
  ['no shape', npy(`{'descr': '<f4', ${order}}`, floats(1)), /gives no shape/],
  ['a negative size', npy(`{'descr': '<f4', ${order}, 'shape': (-1,), }`, floats(1)), /gives no shape/],
  [
    'too few values',
    npy(`{'descr': '<f4', ${order}, 'shape': (3,), }`, floats(1, 2)),
    /8 bytes.*shape \(3\)/,
  ],
  [
    'too many values',
    npy(`{'descr': '<f4', ${order}, 'shape': (1,), }`, floats(1, 2)),
    /8 bytes.*shape \(1\)/,
  ],
  [
    'a shape beyond memory',
    npy(`{'descr': '<f4', ${order}, 'shape': (${'9'.repeat(400)}, 9)}`, floats(1)),
    /4 bytes of values for shape/,
  ],
];
for (const [what, bytes, message] of HOSTILE)
  test(`${what}: refused with the name of the file`, () => {
    assert.throws(
      () => decode(bytes),
      (error: unknown) =>
        error instanceof QpannError && /^x\.npy: /.test(error.message) && message.test(error.message),
    );
  });

test('damaged files are refused or decoded, never anything else', () => {
  const file = encodeNpy({ shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(damage, fc.integer({ min: 0, max: file.length }), (changes, length) => {
      const bytes = file.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      try {
        const { shape, data } = decode(bytes);
        return shape.reduce((product, size) => product * size, 1) === data.length;
      } catch (error) {
        return error instanceof QpannError;
      }
    }),
    { numRuns: 3000 },
  );
});
