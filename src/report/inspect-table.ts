import { alignedLines, counted, grouped, printable, shapeText, shorten } from './text.js';

/** One layer of `qpann inspect`. */
export interface InspectRow {
  /** Position in Keras `model.layers`. */
  readonly index: number;
  readonly name: string;
  readonly className: string;
  /** Of the output. */
  readonly shape: readonly number[];
  readonly parameters: number;
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** Names of the layers that can merge into this one, in network order. */
  readonly merges: readonly string[];
}

/** The last line of `qpann inspect`. */
export type InspectTotals = Pick<InspectRow, 'parameters' | 'macs'>;

/** The layers of a model with their cost and what can merge into them. */
export function inspectTable(rows: readonly InspectRow[], totals: InspectTotals): string {
  const lines = alignedLines(
    [
      ['index', 'name', 'class', 'output shape', 'parameters', 'MACs', 'can merge'],
      ...rows.map((row) => [
        String(row.index),
        name(row.name),
        name(row.className),
        shapeText(row.shape),
        grouped(row.parameters),
        grouped(row.macs),
        row.merges.map(name).join(' + '),
      ]),
      ['', 'total', counted(rows.length, 'layer'), '', grouped(totals.parameters), grouped(totals.macs), ''],
    ],
    ['right', 'left', 'left', 'right', 'right', 'right', 'left'],
  );
  return `${lines.join('\n')}\n`;
}

const name = (text: string): string => shorten(printable(text), 40);
