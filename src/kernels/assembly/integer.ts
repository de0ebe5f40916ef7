@inline
export function min32(a: i32, b: i32): i32 {
  return a < b ? a : b;
}

@inline
export function max32(a: i32, b: i32): i32 {
  return a > b ? a : b;
}
