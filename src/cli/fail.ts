import { QpannError } from '../core/errors.js';

/** Exit code: 2 for what the user can mend, 1 for anything else. */
export const exitCodeOf = (error: unknown): number =>
  error instanceof QpannError && error.kind === 'input' ? 2 : 1;

/** Prints an error as one line on standard error, or with its stack. */
export function printError(error: unknown, debug: boolean): void {
  if (debug && error instanceof Error) {
    console.error(error);
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replaceAll(/\s*\n\s*/g, ' ');
  const hint = error instanceof QpannError ? '' : ' (a defect of qpann; --debug shows where)';
  process.stderr.write(`qpann: ${line}${hint}\n`);
}
