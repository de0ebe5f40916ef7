import type { StoredRun, StoredTensor } from '../../eval/stored/index.js';
import { decibelText, MODEL_TITLES } from '../names.js';
import { fixed, printable, signed } from '../text.js';
import type { Markup } from './markup.js';
import { drawPlot } from './plot.js';

/** A curve of the noise plot and how it is drawn. */
export interface Series {
  readonly title: string;
  /** A CSS colour. */
  readonly color: string;
  readonly dashed: boolean;
  readonly rows: readonly StoredTensor[];
}

/** The variables of the page's style that curves take in turn. */
const COLORS = [1, 2, 3, 4, 5, 6].map((n) => `var(--series-${n})`);

/** The Recreated model of each run; of a single run its TFLite model too. */
export function seriesOf(runs: readonly StoredRun[]): readonly Series[] {
  const recreated = runs.map(({ name, results }, i) => ({
    title: runs.length === 1 ? MODEL_TITLES.recreated : printable(name),
    color: COLORS[i % COLORS.length]!,
    dashed: i >= COLORS.length,
    rows: byIndex(results.sqnr.recreated.tensors),
  }));
  if (runs.length > 1) return recreated;
  const { tensors } = runs[0]!.results.sqnr.tflite;
  return [
    { title: MODEL_TITLES.tflite, color: 'var(--muted)', dashed: true, rows: byIndex(tensors) },
    ...recreated,
  ];
}

const byIndex = (rows: readonly StoredTensor[]): StoredTensor[] => rows.toSorted((a, b) => a.index - b.index);

const WIDTH = 980;
const INDEX = { field: 'index', type: 'quantitative' } as const;

/** SQNR by layer index and its difference from layer to layer, as Figures 5.1 and 5.3 of the thesis. */
export async function noisePlot(series: readonly Series[]): Promise<Markup> {
  const points = series.flatMap(({ title, rows }, curve) =>
    rows.flatMap((row, order) =>
      row.sqnr_db === null ? [] : [{ ...pointOf(row, title, series.length > 1), curve, order }],
    ),
  );
  const last = series.length - 1;
  const xDomain = [0, Math.max(1, ...points.map(({ index }) => index))];
  const x = (title: string | null) => ({
    ...INDEX,
    scale: { domain: xDomain, nice: false, padding: 8 },
    axis: { title, tickMinStep: 1, format: 'd' },
  });
  const byCurve = {
    field: 'curve',
    type: 'nominal',
    scale: { domain: series.map((_, i) => i), range: series.map(({ color }) => color) },
  };
  const dash = {
    field: 'curve',
    type: 'nominal',
    scale: { domain: series.map((_, i) => i), range: series.map(({ dashed }) => (dashed ? [5, 4] : [1, 0])) },
  };
  const markers = (y: object) => [
    {
      transform: [{ filter: '!datum.replaced' }],
      mark: { type: 'point', filled: true, size: 16, opacity: 1 },
      encoding: { x: x('Layer index'), y, color: byCurve, description: { field: 'label' } },
    },
    {
      transform: [{ filter: 'datum.replaced' }],
      mark: {
        type: 'point',
        filled: true,
        size: 44,
        opacity: 1,
        color: 'var(--replaced-mark)',
        stroke: 'var(--surface)',
      },
      encoding: { x: x('Layer index'), y, description: { field: 'label' } },
    },
  ];
  const sqnr = { field: 'sqnr', type: 'quantitative', axis: { title: 'SQNR (dB)' } };
  const delta = { field: 'delta', type: 'quantitative', axis: { title: 'Δ SQNR (dB)' } };
  const bars = [
    {
      mark: { type: 'bar', size: barSize(xDomain[1]!) },
      encoding: {
        x: x('Layer index'),
        y: delta,
        color: {
          condition: { test: 'datum.replaced', value: 'var(--replaced-mark)' },
          value: COLORS[0],
        },
        description: { field: 'deltaLabel' },
      },
    },
  ];
  const curves = [
    {
      mark: { type: 'line', strokeWidth: 1.5 },
      encoding: {
        x: x('Layer index'),
        y: delta,
        color: byCurve,
        strokeDash: dash,
        order: { field: 'order' },
      },
    },
    ...markers(delta),
  ];
  const isSingle = series[0]!.title === MODEL_TITLES.tflite;
  const spec = {
    data: { values: points },
    vconcat: [
      {
        title: 'Accumulated SQNR after each layer',
        width: WIDTH,
        height: 280,
        layer: [
          {
            mark: { type: 'line', strokeWidth: 1.75 },
            encoding: {
              x: x('Layer index'),
              y: sqnr,
              color: byCurve,
              strokeDash: dash,
              order: { field: 'order' },
            },
          },
          ...markers(sqnr),
        ],
      },
      {
        title: 'Difference to the smallest SQNR among the inputs of the layer',
        width: WIDTH,
        height: 170,
        transform: [
          { filter: 'datum.delta !== null' },
          ...(isSingle ? [{ filter: `datum.curve === ${last}` }] : []),
        ],
        layer: isSingle ? bars : curves,
      },
    ],
    resolve: { scale: { color: 'shared', strokeDash: 'shared' } },
    spacing: 24,
  };
  return drawPlot(spec, altText(series));
}

const barSize = (layers: number): number => Math.max(1, Math.min(10, (WIDTH / (layers + 1)) * 0.6));

function pointOf(row: StoredTensor, title: string, withTitle: boolean) {
  const name = `${row.index} ${printable(row.layer)}`;
  const prefix = withTitle ? `${title}: ` : '';
  const replaced = row.replaced ? ', replaced' : '';
  return {
    index: row.index,
    sqnr: row.sqnr_db,
    delta: row.delta_db,
    replaced: row.replaced,
    label: `${prefix}${name}: ${decibelText(row.sqnr_db, row.identical, ' dB')}${replaced}`,
    deltaLabel: `${name}: ${row.delta_db === null ? '' : signed(row.delta_db, 2)} dB${replaced}`,
  };
}

function altText(series: readonly Series[]): string {
  const curves = series.map(({ title, rows }) => {
    const values = rows.flatMap(({ sqnr_db }) => (sqnr_db === null ? [] : [sqnr_db]));
    if (values.length === 0) return `${title}: no noise`;
    return `${title}: from ${fixed(values[0]!, 1)} dB to ${fixed(values.at(-1)!, 1)} dB, lowest ${fixed(Math.min(...values), 1)} dB`;
  });
  return `SQNR in decibel by layer index, and its difference from layer to layer. ${curves.join('; ')}. The table of layers has every value.`;
}
