/* A fully connected layer: rows of inputs, OI weights. */
#include "check.h"

#ifdef DENSE
#include DENSE
#include "finish.h"

int check_dense(void) {
  struct check check = {"dense", 0};
  int index = 0;
  for (int row = 0; row < qpann_rows; row++)
    for (int channel = 0; channel < qpann_output_channels; channel++) {
      int64_t sum = qpann_has_bias ? qpann_bias[channel] : 0;
      for (int i = 0; i < qpann_depth; i++) {
        const int32_t value = qpann_input[row * qpann_depth + i] - qpann_input_zero_point[0];
        const int32_t weight = qpann_weights[channel * qpann_depth + i] - qpann_weight_zero_point[channel];
        sum += (int64_t)value * weight;
      }
      finish(&check, index++, channel, sum);
    }
  return finished(&check, index);
}
#endif
