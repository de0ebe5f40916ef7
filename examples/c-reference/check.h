/* Compares what a kernel computes with a golden vector, element by element. */
#ifndef CHECK_H
#define CHECK_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

/* One function for each kernel. They return the number of values that differ. */
int check_conv(void);
int check_depthwise(void);
int check_dense(void);
int check_add(void);

struct check {
  const char *kernel;
  int different;
};

static inline void expect(struct check *check, const char *what, int index, int64_t actual, int64_t expected) {
  if (actual == expected) return;
  if (check->different++ < 5)
    printf("%s: %s[%d] is %" PRId64 ", the vector says %" PRId64 "\n", check->kernel, what, index, actual, expected);
}

static inline int finished(const struct check *check, int elements) {
  if (check->different == 0)
    printf("%s: accumulator, value before the clamp and output of %d elements are equal\n", check->kernel, elements);
  else
    printf("%s: %d values differ\n", check->kernel, check->different);
  return check->different;
}

#endif
