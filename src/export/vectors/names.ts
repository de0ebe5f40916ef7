import type { Node } from '../../core/index.js';

/** What people call an operator: position and name of its layer or file operator, or the tensor that it writes. */
export interface OperatorName {
  /** Position in Keras `model.layers` or among the operators of the file; null for a conversion that QPANN put in. */
  readonly index: number | null;
  readonly name: string;
  /** Keras class or TensorFlow Lite builtin, or QPANN's operator. */
  readonly class: string;
}

/** The name of a node. */
export const operatorName = ({ op, outputs, source }: Node): OperatorName =>
  source === undefined
    ? { index: null, name: outputs[0]!, class: op }
    : { index: source.index, name: source.name, class: source.className };

/** `camelCase` as `snake_case`, which manifest and C headers use. */
export const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * A folder for each node, distinct and free of characters that a file system may refuse, for example `003_conv1`: the index
 * and the tensor that the node writes (the first name where TensorFlow's converter joined several by semicolons).
 */
export function folderNames(nodes: readonly Node[]): ReadonlyMap<Node, string> {
  const taken = new Set<string>();
  return new Map(
    nodes.map((node) => {
      const { index } = operatorName(node);
      const name = node.outputs[0]!.replace(/;.*$/s, '')
        .replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
        .slice(0, 60);
      const stem = index === null ? name.replace(/^[.-]/, '_') : `${String(index).padStart(3, '0')}_${name}`;
      let folder = stem;
      for (let copy = 2; taken.has(folder.toLowerCase()); copy++) folder = `${stem}-${copy}`;
      taken.add(folder.toLowerCase());
      return [node, folder];
    }),
  );
}
