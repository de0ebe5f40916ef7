import type { NetworkFacts } from '../eval/inspect.js';
import { alignedLines, counted, grouped, printable, shapeText, shorten } from './text.js';

/** The layers of a model with their cost and what can merge into them. */
export function inspectTable({ rows, totals }: NetworkFacts): string {
  const isDequantized = rows.some(({ storedAs }) => storedAs !== undefined);
  const stored = (text: string): string[] => (isDequantized ? [text] : []);
  const lines = alignedLines(
    [
      [
        'index',
        'name',
        'class',
        'output shape',
        'parameters',
        ...stored('dequantized from'),
        'MACs',
        'can merge',
      ],
      ...rows.map((row) => [
        String(row.index),
        name(row.name),
        name(row.className),
        shapeText(row.shape),
        grouped(row.parameters),
        ...stored(row.storedAs ?? ''),
        grouped(row.macs),
        row.merges.map(name).join(' + '),
      ]),
      [
        '',
        'total',
        counted(totals.layers, 'layer'),
        '',
        grouped(totals.parameters),
        ...stored(''),
        grouped(totals.macs),
        '',
      ],
    ],
    ['right', 'left', 'left', 'right', 'right', ...(isDequantized ? ['left' as const] : []), 'right', 'left'],
  );
  return `${lines.join('\n')}\n`;
}

const name = (text: string): string => shorten(printable(text), 40);
