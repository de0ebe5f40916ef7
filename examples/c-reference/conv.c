/* A convolution: NHWC image, OHWI weights. */
#include "check.h"

#ifdef CONV
#include CONV
#include "finish.h"

static int64_t sum_of_products(int batch, int output_y, int output_x, int channel) {
  const int first_channel = channel / qpann_channels_per_group * qpann_filter_channels;
  int64_t sum = 0;
  for (int ky = 0; ky < qpann_filter_height; ky++)
    for (int kx = 0; kx < qpann_filter_width; kx++) {
      const int y = output_y * qpann_stride_height - qpann_pad_top + ky * qpann_dilation_height;
      const int x = output_x * qpann_stride_width - qpann_pad_left + kx * qpann_dilation_width;
      if (y < 0 || y >= qpann_input_height || x < 0 || x >= qpann_input_width) continue;
      for (int ic = 0; ic < qpann_filter_channels; ic++) {
        const int pixel = (batch * qpann_input_height + y) * qpann_input_width + x;
        const int tap = (channel * qpann_filter_height + ky) * qpann_filter_width + kx;
        const int32_t value = qpann_input[pixel * qpann_input_channels + first_channel + ic] - qpann_input_zero_point[0];
        const int32_t weight = qpann_weights[tap * qpann_filter_channels + ic] - qpann_weight_zero_point[channel];
        sum += (int64_t)value * weight;
      }
    }
  return sum;
}

int check_conv(void) {
  struct check check = {"conv", 0};
  int index = 0;
  for (int batch = 0; batch < qpann_batches; batch++)
    for (int y = 0; y < qpann_output_height; y++)
      for (int x = 0; x < qpann_output_width; x++)
        for (int channel = 0; channel < qpann_output_channels; channel++) {
          const int64_t bias = qpann_has_bias ? qpann_bias[channel] : 0;
          finish(&check, index++, channel, sum_of_products(batch, y, x, channel) + bias);
        }
  return finished(&check, index);
}
#endif
