import type { TensorData } from '../../core/index.js';

const DIGITS = new TextEncoder().encode('0123456789abcdef');
const LINE_FEED = 10;

/**
 * Values for Verilog's `$readmemh`: one element per line in memory order, two's complement (IEEE 754 bits for floats), two
 * lower-case digits per byte, the most significant first.
 */
export function encodeHex(data: TensorData): Uint8Array {
  const { BYTES_PER_ELEMENT: width } = data;
  const bytes = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const text = new Uint8Array(data.length * (2 * width + 1));
  let next = 0;
  for (let element = 0; element < data.length; element++) {
    for (let byte = width - 1; byte >= 0; byte--) {
      const value = bytes.getUint8(element * width + byte);
      text[next++] = DIGITS[value >> 4]!;
      text[next++] = DIGITS[value & 15]!;
    }
    text[next++] = LINE_FEED;
  }
  return text;
}
