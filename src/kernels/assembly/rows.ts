/**
 * Where a row's elements of an operand are read: at the operand or, if `mask` is 0, at 16 bytes that repeat its one element.
 * @param unit bytes of an element, a constant: 1, 2 or 4
 */
@inline
export function rowOf(unit: i32, operand: usize, mask: i32, repeated: usize): usize {
  if (mask !== 0) return operand;
  v128.store(repeated, unit === 4 ? v128.load32_splat(operand) : unit === 2 ? v128.load16_splat(operand) : v128.load8_splat(operand));
  return repeated;
}
