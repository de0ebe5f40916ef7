/** output[i] = table[input[i]] for bytes, whatever they stand for. */
export function lookup_8(input: usize, output: usize, count: i32, table: usize): void {
  let i = 0;
  for (; i <= count - 4; i += 4) {
    const a = load<u8>(table + load<u8>(input + i));
    const b = load<u8>(table + load<u8>(input + i, 1));
    const c = load<u8>(table + load<u8>(input + i, 2));
    const d = load<u8>(table + load<u8>(input + i, 3));
    store<u8>(output + i, a);
    store<u8>(output + i, b, 1);
    store<u8>(output + i, c, 2);
    store<u8>(output + i, d, 3);
  }
  for (; i < count; i++) store<u8>(output + i, load<u8>(table + load<u8>(input + i)));
}
