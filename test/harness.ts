import fc from 'fast-check';
import { type Callback, type Context, suite, type Test } from 'uvu';

export * as assert from 'uvu/assert';

// Properties try the same cases in every run; `FC_SEED` chooses others.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

let current: { readonly file: string; readonly tests: Test<Context>; count: number } | undefined;
const totals = { passed: 0, failed: 0, skipped: 0 };

const SKIPPED = Symbol('skipped');

/** Ends a test that cannot be made here; it is counted as skipped. @param reason what is missing */
export function skip(reason: string): never {
  console.log(`skipped: ${reason}`);
  throw SKIPPED;
}

/** Declares a test of the file being loaded. There is no `run()` to forget: the runner calls it. */
export function test(name: string, body: Callback<Context>): void {
  if (current === undefined) throw new Error('start tests with `npm test`, not by running the file itself');
  current.count += 1;
  current.tests(name, async (context) => {
    try {
      await body(context);
      totals.passed += 1;
    } catch (error) {
      if (error === SKIPPED) {
        totals.skipped += 1;
        return;
      }
      totals.failed += 1;
      throw error;
    }
  });
}

/** Loads one test file and queues what it declares. @throws Error if it declares no test. */
export async function load(file: string, url: string): Promise<void> {
  current = { file, tests: suite(file), count: 0 };
  await import(url);
  if (current.count === 0) throw new Error(`${file} declares no test`);
  current.tests.run();
  current = undefined;
}

/** Number of tests that passed, failed and were skipped so far. */
export const results = (): Readonly<typeof totals> => totals;
