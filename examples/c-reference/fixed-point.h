/* Fixed-point arithmetic of TensorFlow Lite's reference kernels, from its definition. Right shifts of negative numbers are
 * arithmetic, as in every common compiler. */
#ifndef FIXED_POINT_H
#define FIXED_POINT_H

#include <stdint.h>

/* a * b / 2^31 to nearest, halves up; the one product that does not fit saturates. */
static inline int32_t high_multiply(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* x / 2^exponent to nearest, halves away from zero. */
static inline int32_t divide_by_power_of_two(int32_t x, int exponent) {
  const int64_t half = exponent == 0 ? 0 : INT64_C(1) << (exponent - 1);
  const int64_t magnitude = x < 0 ? -(int64_t)x : x;
  const int64_t quotient = (magnitude + half) >> exponent;
  return (int32_t)(x < 0 ? -quotient : quotient);
}

/* x * multiplier / 2^31 * 2^shift, rounded twice; without `nearest` the right shift truncates. */
static inline int32_t rescale(int32_t x, int32_t multiplier, int shift, int nearest) {
  if (shift > 0) return high_multiply((int32_t)((uint32_t)x << shift), multiplier);
  const int32_t high = high_multiply(x, multiplier);
  return nearest ? divide_by_power_of_two(high, -shift) : high >> -shift;
}

/* The same for 64-bit accumulators: the multiplier is rounded to 16 bits, the product once. */
static inline int32_t rescale_wide(int64_t x, int32_t multiplier, int shift, int nearest) {
  const int32_t reduced = multiplier < 0x7fff0000 ? (multiplier + 0x8000) >> 16 : 0x7fff;
  const int right = 15 - shift;
  return (int32_t)((x * reduced + (nearest ? INT64_C(1) << (right - 1) : 0)) >> right);
}

/* A double to nearest, halves away from zero. */
static inline int32_t round_to_nearest(double x) {
  const int32_t whole = (int32_t)x;
  const double rest = x - whole;
  return whole + (rest >= 0.5) - (rest <= -0.5);
}

static inline int32_t clamp(int32_t x, int32_t min, int32_t max) { return x < min ? min : x > max ? max : x; }

#endif
