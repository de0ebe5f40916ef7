import { inputError, sameQuantization } from '../../core/index.js';
import type { Site } from '../define.js';

/** Checks that the data inputs and the output map integers to the same reals. @throws QpannError if they do not. */
export function requireSharedQuantization({
  inputs,
  outputs: [output],
}: Pick<Site<unknown>, 'inputs' | 'outputs'>): void {
  for (const input of inputs)
    if (!sameQuantization(input.quantization, output!.quantization))
      throw inputError(`${output!.name} needs the quantization of ${input.name}: requantize one of them`);
}
