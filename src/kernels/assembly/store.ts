/** Stores the first `bytes` of a register, fewer than 16, and nothing beyond. */
@inline
export function storeFirst(target: usize, value: v128, bytes: i32): void {
  if ((bytes & 8) !== 0) {
    v128.store64_lane(target, value, 0);
    value = v128.shuffle<i64>(value, value, 1, 1);
    target += 8;
  }
  if ((bytes & 4) !== 0) {
    v128.store32_lane(target, value, 0);
    value = i64x2.shr_u(value, 32);
    target += 4;
  }
  if ((bytes & 2) !== 0) {
    v128.store16_lane(target, value, 0);
    value = i64x2.shr_u(value, 16);
    target += 2;
  }
  if ((bytes & 1) !== 0) v128.store8_lane(target, value, 0);
}

/** Stores a whole register at byte `i` of a row, or what of it lies before the row's end. */
@inline
export function storeWithin(row: usize, i: i32, bytes: i32, value: v128): void {
  if (i + 16 <= bytes) v128.store(row + i, value);
  else storeFirst(row + i, value, bytes - i);
}

/** The same for two registers at the beginning of a row, at least one byte of them. */
export function storeTwoWithin(row: usize, bytes: i32, low: v128, high: v128): void {
  storeWithin(row, 0, bytes, low);
  if (bytes > 16) storeWithin(row, 16, bytes, high);
}

/** The same for eight bytes in the lower half of a register. */
@inline
export function storeEightWithin(row: usize, i: i32, bytes: i32, value: v128): void {
  if (i + 8 <= bytes) v128.store64_lane(row + i, value, 0);
  else storeFirst(row + i, value, bytes - i);
}
