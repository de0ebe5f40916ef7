import { QpannError } from '../../src/core/index.js';
import { importTflite } from '../../src/import/tflite/index.js';
import { assert } from '../harness.js';

/** Asserts that an import is refused, with one line that names the file. @returns the message. */
export function refusal(bytes: Uint8Array): string {
  try {
    importTflite(bytes, 'net.tflite');
  } catch (error) {
    assert.instance(error, QpannError);
    const { message, kind } = error as QpannError;
    assert.is(kind, 'input');
    assert.match(message, /^net\.tflite: [^\n]*$/);
    return message;
  }
  assert.unreachable('was imported');
  return '';
}
