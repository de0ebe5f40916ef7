import type { StoredLayer, StoredRun, StoredTensor } from '../../eval/stored/index.js';
import { sqnrClass } from '../graph-dot.js';
import { decibelText } from '../names.js';
import { compact, fixed, percent, shapeText, signed } from '../text.js';
import { type Content, html, nameOf } from './markup.js';

/** A layer as a row of the table: in each run its tensor, and its place among the layers of the run. */
export interface Row {
  readonly index: number;
  readonly layer: string;
  readonly class: string;
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly runs: readonly {
    readonly tensor?: StoredTensor;
    readonly layer?: StoredLayer;
    readonly position: number;
  }[];
}

/** A column of the table of layers. */
export interface Column {
  readonly title: string;
  /** What the title means. */
  readonly help?: string;
  readonly isNumber: boolean;
  /** What to sort by; nothing goes last. */
  readonly value: (row: Row) => number | string | null;
  readonly cell: (row: Row) => Content;
}

/** The columns of a table of runs. */
export const columnsOf = (rows: readonly Row[], runs: readonly StoredRun[]): readonly Column[] => [
  ...NAMES,
  ...(runs.length === 1 ? singleColumns(rows) : runs.flatMap(runColumns)),
  SHAPE,
];

const NAMES: readonly Column[] = [
  { title: 'Index', isNumber: true, value: ({ index }) => index, cell: ({ index }) => index },
  { title: 'Layer', isNumber: false, value: ({ layer }) => layer, cell: layerCell },
  { title: 'Class', isNumber: false, value: (row) => row.class, cell: (row) => nameOf(row.class) },
];

const SHAPE: Column = {
  title: 'Shape',
  isNumber: false,
  value: ({ shape }) => shapeText(shape),
  cell: ({ shape }) => html`<span class="nowrap">${shape.slice(1).join(' × ') || '–'}</span>`,
};

function layerCell({ layer, tensor, runs }: Row): Content {
  const name = nameOf(tensor.startsWith(`${layer}/`) ? tensor : layer);
  const run = runs.findIndex(({ position }) => position >= 0);
  if (run < 0) return name;
  return html`<button type="button" class="link" data-run="${run}" data-layer="${runs[run]!.position}">${name}</button>`;
}

/** Columns of one run; those of layers where the run has them. */
function singleColumns(rows: readonly Row[]): readonly Column[] {
  const layerColumn = (
    title: string,
    help: string,
    value: (layer: StoredLayer) => number | null | undefined,
    text: (value: number) => string,
  ): Column => {
    const of = (row: Row): number | null => {
      const { layer } = row.runs[0]!;
      return (layer && value(layer)) ?? null;
    };
    return {
      title,
      help,
      isNumber: true,
      value: of,
      cell: (row) => {
        const number = of(row);
        return number === null ? '–' : text(number);
      },
    };
  };
  const db = (value: number): string => fixed(value, 2);
  const ofLayers = [
    layerColumn(
      'Local',
      'dB: SQNR of the layer alone, on the input of the Reference',
      ({ sqnr }) => sqnr.local_db,
      db,
    ),
    layerColumn(
      'Worst channel',
      'dB: SQNR of the channel with the lowest',
      ({ sqnr }) => sqnr.worst_channel?.sqnr_db ?? null,
      db,
    ),
    layerColumn(
      'Clipped %',
      'values of the Reference outside the quantization range',
      ({ clip_rate }) => clip_rate,
      (rate) => percent(rate, 3),
    ),
    layerColumn(
      'Acc. bits',
      'bits of the accumulator really needed',
      ({ accumulator }) => accumulator?.bits ?? null,
      String,
    ),
    layerColumn('MACs', 'multiplications and additions for one image', ({ cost }) => cost.macs, compact),
    layerColumn(
      'Bit-ops',
      'MACs × bits of weights × bits of activations',
      ({ cost }) => cost.bit_operations,
      compact,
    ),
    layerColumn('Weights', 'bytes of weights', ({ cost }) => cost.weight_bytes, compact),
    layerColumn('Cycles', 'estimated by the roofline of the machine', ({ cost }) => cost.cycles, compact),
  ];
  return [
    ...runColumns({ name: '' }, 0),
    ...ofLayers.filter(({ value }) => rows.some((row) => value(row) !== null)),
  ];
}

/** SQNR of a run and its difference. */
function runColumns({ name }: Pick<StoredRun, 'name'>, run: number): readonly Column[] {
  const prefix = name === '' ? '' : `${name}: `;
  const tensor = (row: Row): StoredTensor | undefined => row.runs[run]!.tensor;
  const rank = (row: StoredTensor | undefined): number | null =>
    row === undefined ? null : row.identical ? Number.MAX_VALUE : row.sqnr_db;
  return [
    {
      title: `${prefix}SQNR`,
      help: 'dB, accumulated from the input on',
      isNumber: true,
      value: (row) => rank(tensor(row)),
      cell: (row) => decibelCell(tensor(row)),
    },
    {
      title: `${prefix}Δ input`,
      help: 'dB against the smallest SQNR among the inputs',
      isNumber: true,
      value: (row) => tensor(row)?.delta_db ?? null,
      cell: (row) => {
        const delta = tensor(row)?.delta_db ?? null;
        return delta === null ? '–' : signed(delta, 2);
      },
    },
  ];
}

function decibelCell(row: StoredTensor | undefined): Content {
  if (row === undefined) return '–';
  const { name } = sqnrClass({ sqnrDb: row.sqnr_db, identical: row.identical });
  return html`<span class="db db-${name}">${decibelText(row.sqnr_db, row.identical)}</span>`;
}
