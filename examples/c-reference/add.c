/* The sum of two tensors of the same shape: both are shifted left, rescaled to twice the larger scale and added. */
#include "check.h"

#ifdef ADD
#include ADD
#include "fixed-point.h"

_Static_assert(qpann_input_0_count == qpann_output_count && qpann_input_1_count == qpann_output_count,
               "this kernel does not broadcast");

int check_add(void) {
  struct check check = {"add", 0};
  const int nearest = qpann_rounding_nearest;
  for (int i = 0; i < qpann_output_count; i++) {
    const int32_t a = (qpann_input_0[i] - qpann_input_zero_point[0]) * (1 << qpann_left_shift);
    const int32_t b = (qpann_input_1[i] - qpann_input_zero_point[1]) * (1 << qpann_left_shift);
    const int32_t sum = rescale(a, qpann_a_multiplier[0], qpann_a_shift[0], nearest) +
                        rescale(b, qpann_b_multiplier[0], qpann_b_shift[0], nearest);
    const int32_t before_clamp =
        rescale(sum, qpann_output_multiplier[0], qpann_output_shift[0], nearest) + qpann_output_zero_point;
    expect(&check, "accumulator", i, sum, qpann_accumulator[i]);
    expect(&check, "before_clamp", i, before_clamp, qpann_before_clamp[i]);
    expect(&check, "output", i, clamp(before_clamp, qpann_clamp_min, qpann_clamp_max), qpann_output[i]);
  }
  return finished(&check, qpann_output_count);
}
#endif
