/** What went wrong: `input` means the user can mend it (exit code 2), `failure` means the run broke (exit code 1). */
export type ErrorKind = 'input' | 'failure';

/** An error whose message is one complete line for a person: what was wrong, where, and what to do. */
export class QpannError extends Error {
  override readonly name = 'QpannError';

  constructor(
    message: string,
    readonly kind: ErrorKind = 'input',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A mistake in what the user gave: a file, a config key, a command line argument. */
export const inputError = (message: string, options?: ErrorOptions): QpannError =>
  new QpannError(message, 'input', options);

/** A run that could not be carried out although the input was in order, for example a full disk. */
export const failure = (message: string, options?: ErrorOptions): QpannError =>
  new QpannError(message, 'failure', options);
