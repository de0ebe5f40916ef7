import type { StoredConfiguration, StoredSweep } from '../../eval/stored/index.js';
import { compact, fixed, percent, printable } from '../text.js';
import type { Markup } from './markup.js';
import { drawPlot } from './plot.js';

/** Layers that the ranking draws; the table has them all. */
export const RANKED = 40;

const POINT = { type: 'point', filled: true, size: 60, opacity: 0.85 } as const;
const WIDTH = 900;

/** Layers by how much noise they bring to the output if they alone are quantized, the most sensitive first. */
export function sensitivityPlot({ sensitivity }: StoredSweep): Promise<Markup> {
  const ranked = rankedLayers(sensitivity).slice(0, RANKED);
  const values = ranked.flatMap(({ index, layer, alone_quantized_db, alone_float_db }, rank) => {
    const name = `${index} ${printable(layer)}`;
    const point = (kind: string, db: number | null) =>
      db === null ? [] : [{ name, rank, kind, db, label: `${name}: ${fixed(db, 2)} dB, ${kind}` }];
    return [...point('alone quantized', alone_quantized_db), ...point('alone left in float', alone_float_db)];
  });
  const spec = {
    data: { values },
    title: 'SQNR of the output by layer, the most sensitive first',
    width: WIDTH - 100,
    height: { step: 18 },
    mark: { ...POINT, opacity: 1 },
    encoding: {
      y: {
        field: 'name',
        type: 'nominal',
        sort: { field: 'rank' },
        axis: { title: null, labelLimit: 220, labelColor: 'var(--ink)', grid: true, ticks: false },
      },
      x: { field: 'db', type: 'quantitative', scale: { zero: false }, axis: { title: 'Output SQNR (dB)' } },
      color: {
        field: 'kind',
        type: 'nominal',
        scale: {
          domain: ['alone quantized', 'alone left in float'],
          range: ['var(--replaced-mark)', 'var(--series-1)'],
        },
      },
      description: { field: 'label' },
    },
  };
  const most = ranked.slice(0, 3).map(({ layer }) => printable(layer));
  return drawPlot(
    spec,
    `SQNR of the output if one layer alone is quantized or left in float. Most sensitive: ${most.join(', ')}. The table has every value.`,
  );
}

/** Layers by rising SQNR of the output where they alone are quantized; those without come last. */
export const rankedLayers = (sensitivity: StoredSweep['sensitivity']): StoredSweep['sensitivity'] =>
  sensitivity.toSorted(
    (a, b) => (a.alone_quantized_db ?? Number.MAX_VALUE) - (b.alone_quantized_db ?? Number.MAX_VALUE),
  );

/** Accuracy by the SQNR of the output, a point for each configuration. */
export function relationPlot({ configurations, reference, spearman }: StoredSweep): Promise<Markup> {
  const values = configurations.flatMap((row) =>
    row.output_sqnr_db === null
      ? []
      : [{ sqnr: row.output_sqnr_db, top1: row.top1 * 100, label: labelOf(row) }],
  );
  const spec = {
    title: 'Top-1 by the SQNR of the output',
    width: WIDTH,
    height: 320,
    layer: [
      {
        data: { values: [{ top1: reference.top1 * 100 }] },
        mark: { type: 'rule', strokeDash: [5, 4], color: 'var(--muted)' },
        encoding: { y: { field: 'top1', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { ...POINT, color: 'var(--series-1)' },
        encoding: {
          x: {
            field: 'sqnr',
            type: 'quantitative',
            scale: { zero: false },
            axis: { title: 'Output SQNR (dB)' },
          },
          y: { field: 'top1', type: 'quantitative', scale: { zero: false }, axis: { title: 'Top-1 (%)' } },
          description: { field: 'label' },
        },
      },
    ],
  };
  const rho = spearman.rho === null ? 'not defined' : fixed(spearman.rho, 3);
  return drawPlot(
    spec,
    `Top-1 by the SQNR of the output for ${values.length} configurations; Spearman’s ρ is ${rho}.`,
  );
}

/** What the metric is called, and its value in the unit of its axis. */
const METRICS = {
  sqnr: { title: 'Output SQNR (dB)', of: (row: StoredConfiguration) => row.output_sqnr_db },
  top1: { title: 'Top-1 (%)', of: (row: StoredConfiguration) => row.top1 * 100 },
  agreement: { title: 'Agreement (%)', of: (row: StoredConfiguration) => row.agreement * 100 },
} as const;

const COSTS = {
  bitops: {
    title: 'Bit-operations for one image',
    of: (row: StoredConfiguration) => row.cost.bit_operations,
  },
  bytes: { title: 'Bytes of weights', of: (row: StoredConfiguration) => row.cost.weight_bytes },
  cycles: { title: 'Cycles for one image', of: (row: StoredConfiguration) => row.cost.cycles ?? null },
} as const;

/** Worth by cost, with the front of those that no other beats. */
export function frontPlot({ configurations, pareto, metric, cost }: StoredSweep): Promise<Markup> {
  const front = new Set(pareto);
  const values = configurations.flatMap((row) => {
    const [x, y] = [COSTS[cost].of(row), METRICS[metric].of(row)];
    return x === null || y === null
      ? []
      : [{ cost: x, worth: y, front: front.has(row.id), label: `${labelOf(row)}, ${compact(x)}` }];
  });
  const x = {
    field: 'cost',
    type: 'quantitative',
    scale: { zero: false },
    axis: { title: COSTS[cost].title, format: '~s' },
  };
  const y = {
    field: 'worth',
    type: 'quantitative',
    scale: { zero: false },
    axis: { title: METRICS[metric].title },
  };
  const onFront = [{ filter: 'datum.front' }];
  const spec = {
    data: { values },
    title: `${METRICS[metric].title} by cost, and the front that no configuration beats`,
    width: WIDTH,
    height: 320,
    layer: [
      {
        transform: onFront,
        mark: { type: 'line', interpolate: 'step-after', color: 'var(--replaced-mark)' },
        encoding: { x, y },
      },
      {
        mark: { ...POINT, color: 'var(--series-1)' },
        encoding: { x, y, description: { field: 'label' } },
      },
      {
        transform: onFront,
        mark: { ...POINT, opacity: 1, color: 'var(--replaced-mark)' },
        encoding: { x, y, description: { field: 'label' } },
      },
    ],
  };
  return drawPlot(
    spec,
    `${METRICS[metric].title} by ${COSTS[cost].title.toLowerCase()} for ${values.length} configurations, ${pareto.length} of them on the front.`,
  );
}

const labelOf = ({ label, top1, output_sqnr_db: db }: StoredConfiguration): string =>
  `${printable(label)}: top-1 ${percent(top1, 2)} %${db === null ? '' : `, output SQNR ${fixed(db, 2)} dB`}`;
