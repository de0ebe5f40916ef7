import { inputError, type Tensor } from '../../core/index.js';
import type { FixedParameters } from '../define.js';

/** Checks that an output has the parameters that its operator fixes. @throws QpannError if it has others. */
export function requireFixedOutput(
  { name, quantization }: Tensor,
  { scale, zeroPoint }: FixedParameters,
): void {
  if (quantization?.scales[0] !== scale || quantization.zeroPoints[0] !== zeroPoint)
    throw inputError(
      `${name} must have scale ${scale} and zero point ${zeroPoint}, which its operator fixes`,
    );
}
