/**
 * Runs jobs 0 … count − 1, `atOnce` of them at the same time, begun in order.
 * @throws what the first job throws, by its number, of those that fail
 */
export async function runJobs(
  count: number,
  atOnce: number,
  job: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = Infinity;
  let problem: unknown;
  const lane = async (): Promise<void> => {
    while (next < count && failed === Infinity) {
      const index = next++;
      try {
        await job(index);
      } catch (error) {
        if (index < failed) [failed, problem] = [index, error];
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  if (failed < Infinity) throw problem;
}

/** A function that hands things numbered from 0 on in order, whatever order they come in. */
export function inOrder<T>(take: (thing: T, index: number) => void): (thing: T, index: number) => void {
  const waiting = new Map<number, T>();
  let next = 0;
  return (thing, index) => {
    waiting.set(index, thing);
    for (; waiting.has(next); next++) {
      take(waiting.get(next)!, next);
      waiting.delete(next);
    }
  };
}
