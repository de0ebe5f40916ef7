import { inputError } from '../../core/index.js';
import type { StoredRun } from './stored-run.js';

/**
 * Makes sure that runs can be laid side by side: the same network on the same images.
 * @throws QpannError naming the first that differs, how, and what to do
 */
export function requireSameQuestion(runs: readonly StoredRun[]): void {
  const [first, ...others] = runs;
  for (const other of others) {
    const network = networkDifference(first!, other);
    if (network !== null)
      throw inputError(
        `${other.folder}: is of another network than ${first!.folder} (${network}): lay runs of one network side by side`,
      );
    const images = imageDifference(first!, other);
    if (images !== null)
      throw inputError(
        `${other.folder}: is of other images than ${first!.folder} (${images}): evaluate both on the same, with the same image_indices and --limit`,
      );
  }
}

function networkDifference(a: StoredRun, b: StoredRun): string | null {
  if (a.model !== null && b.model !== null)
    return a.model === b.model ? null : `${b.network.model_file} beside ${a.network.model_file}`;
  const [classesOfA, classesOfB] = [a, b].map(({ results }) =>
    results.sqnr.tflite.tensors.at(-1)?.shape.at(-1),
  );
  return classesOfA === classesOfB ? null : `${classesOfB} classes beside ${classesOfA}`;
}

function imageDifference(a: StoredRun, b: StoredRun): string | null {
  if (a.samples.length !== b.samples.length) return `${b.samples.length} beside ${a.samples.length}`;
  const position = a.samples.findIndex(
    ({ file, label }, i) => file !== b.samples[i]!.file || label !== b.samples[i]!.label,
  );
  return position < 0 ? null : `image ${position + 1} is ${b.samples[position]!.file}, or has another label`;
}
