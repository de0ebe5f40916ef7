/* Checks golden vectors against the kernels of this folder. CONV, DEPTHWISE, DENSE and ADD are the headers to check. */
#include "check.h"

#if !defined(CONV) && !defined(DEPTHWISE) && !defined(DENSE) && !defined(ADD)
#error "give at least one vector, for example -DCONV='\"vectors/000_conv/vector.h\"'"
#endif

int main(void) {
  int different = 0;
#ifdef CONV
  different += check_conv();
#endif
#ifdef DEPTHWISE
  different += check_depthwise();
#endif
#ifdef DENSE
  different += check_dense();
#endif
#ifdef ADD
  different += check_add();
#endif
  return different != 0;
}
