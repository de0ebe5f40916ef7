import type { Cost, Estimate } from '../cost/index.js';
import type { NetworkFacts } from '../eval/inspect.js';
import { estimateText } from './estimate.js';
import { type Align, alignedLines, counted, fixed, grouped, printable, shapeText, shorten } from './text.js';

/** A column: its head, how it stands, and its cell of a row of costs or of others. */
type Column = readonly [head: string, align: Align, cells: readonly string[]];

/** The layers of a model with their cost and what can merge into them. */
export function inspectTable({ rows, totals, machine }: NetworkFacts): string {
  const costs = [...rows, totals].map(({ cost }) => cost);
  const cost = (head: string, of: (cost: Cost & Partial<Estimate>) => string): Column => [
    head,
    'right',
    costs.map(of),
  ];
  const column = (
    head: string,
    align: Align,
    of: (row: NetworkFacts['rows'][number]) => string,
    total: string,
  ): Column => [head, align, [...rows.map(of), total]];
  const isDequantized = rows.some(({ storedAs }) => storedAs !== undefined);
  const columns: Column[] = [
    column('index', 'right', ({ index }) => String(index), ''),
    column('name', 'left', (row) => name(row.name), 'total'),
    column('class', 'left', ({ className }) => name(className), counted(totals.layers, 'layer')),
    column('output shape', 'right', ({ shape }) => shapeText(shape), ''),
    column('parameters', 'right', ({ parameters }) => grouped(parameters), grouped(totals.parameters)),
    ...(isDequantized ? [column('dequantized from', 'left', ({ storedAs }) => storedAs ?? '', '')] : []),
    column('MACs', 'right', ({ macs }) => grouped(macs), grouped(totals.macs)),
    cost('bit ops (M)', ({ bit_operations }) => fixed(bit_operations / 1e6, 2)),
    cost('constant bytes', ({ bytes_moved, activation_bytes }) => grouped(bytes_moved - activation_bytes)),
    cost('activation bytes', ({ activation_bytes }) => grouped(activation_bytes)),
    ...(machine === undefined
      ? []
      : [
          cost('cycles', ({ cycles = 0 }) => grouped(cycles)),
          column('bound by', 'left', ({ cost: { bound_by = '' } }) => bound_by, ''),
        ]),
    column('can merge', 'left', ({ merges }) => merges.map(name).join(' + '), ''),
  ];
  const lines = alignedLines(
    [columns.map(([head]) => head), ...costs.map((_, i) => columns.map(([, , cells]) => cells[i]!))],
    columns.map(([, align]) => align),
  );
  return `${[...lines, '', ...footer(totals.cost, machine)].join('\n')}\n`;
}

function footer(total: NetworkFacts['totals']['cost'], machine: NetworkFacts['machine']): string[] {
  const peak = `peak activation memory: ${grouped(total.peak_activation_bytes)} bytes`;
  if (machine === undefined) return [peak];
  return [
    peak,
    estimateText(total, machine),
    ...machine.assumptions.map((assumption) => `  ${printable(assumption)}`),
  ];
}

const name = (text: string): string => shorten(printable(text), 40);
