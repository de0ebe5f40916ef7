"""Write fixtures/ops/*.json, the answers of TensorFlow Lite's reference kernels.

    python tools/oracle/tflite_ops.py [operator ...]
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

from tflite_case import MADE_BY, write_cases
from tflite_cases_binary import add_cases, mul_cases, sub_cases
from tflite_cases_blocks import (
    batch_to_space_nd_cases,
    depth_to_space_cases,
    space_to_batch_nd_cases,
    space_to_depth_cases,
)
from tflite_cases_comparison import div_cases, maximum_cases, minimum_cases, squared_difference_cases
from tflite_cases_conv import conv_2d_cases, depthwise_conv_2d_cases
from tflite_cases_dense import fully_connected_cases
from tflite_cases_functions import abs_cases, elu_cases, exp_cases, neg_cases, rsqrt_cases, sqrt_cases
from tflite_cases_gates import hard_swish_cases, prelu_cases
from tflite_cases_labels import arg_max_cases, cast_cases
from tflite_cases_layout import concatenation_cases, reshape_cases, transpose_cases
from tflite_cases_pad import mirror_pad_cases, pad_cases
from tflite_cases_pool import average_pool_2d_cases, max_pool_2d_cases
from tflite_cases_quantize import dequantize_cases, quantize_cases
from tflite_cases_reduce import mean_cases, reduce_max_cases, reduce_prod_cases
from tflite_cases_resize import resize_bilinear_cases, resize_nearest_neighbor_cases
from tflite_cases_rows import l2_normalization_cases, log_softmax_cases
from tflite_cases_slice import gather_cases, slice_cases
from tflite_cases_sum import sum_cases
from tflite_cases_transpose import transpose_conv_cases
from tflite_cases_unary import logistic_cases, relu_cases, softmax_cases, tanh_cases

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "ops"

OPERATORS = {
    "abs": abs_cases,
    "add": add_cases,
    "arg_max": arg_max_cases,
    "average_pool_2d": average_pool_2d_cases,
    "batch_to_space_nd": batch_to_space_nd_cases,
    "cast": cast_cases,
    "concatenation": concatenation_cases,
    "conv_2d": conv_2d_cases,
    "depth_to_space": depth_to_space_cases,
    "depthwise_conv_2d": depthwise_conv_2d_cases,
    "dequantize": dequantize_cases,
    "div": div_cases,
    "elu": elu_cases,
    "exp": exp_cases,
    "fully_connected": fully_connected_cases,
    "gather": gather_cases,
    "hard_swish": hard_swish_cases,
    "l2_normalization": l2_normalization_cases,
    "log_softmax": log_softmax_cases,
    "logistic": logistic_cases,
    "max_pool_2d": max_pool_2d_cases,
    "maximum": maximum_cases,
    "mean": mean_cases,
    "minimum": minimum_cases,
    "mirror_pad": mirror_pad_cases,
    "mul": mul_cases,
    "neg": neg_cases,
    "pad": pad_cases,
    "prelu": prelu_cases,
    "quantize": quantize_cases,
    "reduce_max": reduce_max_cases,
    "reduce_prod": reduce_prod_cases,
    "relu": relu_cases,
    "reshape": reshape_cases,
    "resize_bilinear": resize_bilinear_cases,
    "resize_nearest_neighbor": resize_nearest_neighbor_cases,
    "rsqrt": rsqrt_cases,
    "slice": slice_cases,
    "softmax": softmax_cases,
    "space_to_batch_nd": space_to_batch_nd_cases,
    "space_to_depth": space_to_depth_cases,
    "sqrt": sqrt_cases,
    "squared_difference": squared_difference_cases,
    "sub": sub_cases,
    "sum": sum_cases,
    "tanh": tanh_cases,
    "transpose": transpose_cases,
    "transpose_conv": transpose_conv_cases,
}


def main(names):
    """Write the files of the named operators, or of all of them."""
    for name in names or OPERATORS:
        cases = OPERATORS[name]()
        path = FIXTURES / f"{name}.json"
        write_cases(path, name, MADE_BY, cases)
        print(f"{name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
