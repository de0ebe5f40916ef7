import { elementCount, type Graph, inputError, tensorOf } from '../../core/index.js';
import type { OtherSide } from './compare.js';
import { listDump } from './dump.js';
import type { OtherTensor } from './elements.js';
import { isOutput, pairDump } from './pair-dump.js';
import { activationsOf } from './pair-models.js';

/** The widest element of a `.npy` file, and more than its header takes. */
const WIDEST_BYTES = 8;
const HEADER_BYTES = 65536;

/**
 * Reads a folder of dumped tensors and pairs them with A's.
 * @param samples how many samples A runs on
 * @throws QpannError if the folder or a file cannot be read, or no file stands for a tensor of A
 */
export async function otherDump(graph: Graph, folder: string, samples: number): Promise<OtherSide> {
  const files = await listDump(folder);
  const { method, files: pairs } = pairDump(graph, files);
  if (pairs.size === 0)
    throw inputError(
      `${folder}: none of its ${files.length} .npy files is called as a tensor of ${graph.name}; qpann run --all-tensors shows their names`,
    );
  const tensors = new Map<string, OtherTensor>();
  for (const [name, file] of pairs) {
    const { shape } = tensorOf(graph, name);
    const array = await file.read(elementCount(shape) * samples * WIDEST_BYTES + HEADER_BYTES);
    tensors.set(name, { name: file.path, ...array });
  }
  const paired = new Set(pairs.values());
  const listed = files.filter((file) => paired.has(file) || !isOutput(file.path));
  return {
    name: folder,
    pairing: {
      method,
      paired: pairs.size,
      tensors_a: activationsOf(graph).length,
      tensors_b: listed.length,
      unpaired_b: listed.filter((file) => !paired.has(file)).map(({ path }) => path),
    },
    tensors,
  };
}
