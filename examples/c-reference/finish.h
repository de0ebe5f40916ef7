/* The second half of every kernel with weights: from the exact sum of products and bias to the output. Included after a
 * vector, whose names it uses. */
#include "check.h"
#include "fixed-point.h"

static void finish(struct check *check, int index, int channel, int64_t sum) {
  const int narrow = qpann_accumulator_bits == 32;
  const int nearest = qpann_rounding_nearest;
  const int64_t accumulator = narrow ? (int32_t)(uint32_t)sum : sum;
  const int32_t multiplier = qpann_output_multiplier[channel];
  const int shift = qpann_output_shift[channel];
  const int32_t rescaled =
      qpann_rescaling_float64 ? round_to_nearest((double)accumulator * qpann_output_factor[channel])
      : narrow                ? rescale((int32_t)accumulator, multiplier, shift, nearest)
                              : rescale_wide(accumulator, multiplier, shift, nearest);
  const int32_t before_clamp = rescaled + qpann_output_zero_point;
  expect(check, "accumulator", index, accumulator, qpann_accumulator[index]);
  expect(check, "before_clamp", index, before_clamp, qpann_before_clamp[index]);
  expect(check, "output", index, clamp(before_clamp, qpann_clamp_min, qpann_clamp_max), qpann_output[index]);
}
