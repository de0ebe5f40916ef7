import { inputError } from '../core/errors.js';

/** The number that an option was given as text. @throws QpannError if it is not a whole number from 1 */
export function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value >= 1))
    throw inputError(`--${option} ${text}: expected a whole number from 1`);
  return value;
}
