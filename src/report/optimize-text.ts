import type { OptimizeResults, TradePoint } from '../search/index.js';
import { costIn } from '../search/index.js';
import { alignedLines, counted, fixed, grouped, percent, printable, shorten, signed } from './text.js';

const COSTS = { bitops: 'bit-operations', bytes: 'bytes of weights', cycles: 'cycles' } as const;

/** What an optimization found: the choice, how sure it is, what lies around it. */
export function optimizeText(results: OptimizeResults, { network }: { readonly network: string }): string {
  const { samples, base, chosen, cost, max_drop, points, changes } = results;
  const costOf = (point: TradePoint): number => costIn(point.cost, cost);
  return [
    shorten(printable(network), 60),
    `Searched on ${counted(samples.search, 'image')}; ${samples.held_back} held back. At most ${percent(max_drop, 2)} points of top-1 may be lost.`,
    '',
    ...changeLines(results),
    changes.length === 0
      ? `Nothing cheaper is within the drop on the images of the search.`
      : `Saved: ${percent(chosen.saving, 1)}% of the ${COSTS[cost]} (${grouped(costOf(base))} → ${grouped(costOf(chosen))})`,
    '',
    ...verificationLines(results),
    '',
    `Between the least noise and the least cost. The held-back columns were measured when the choice had been made.`,
    ...alignedLines(
      [
        ['', 'saved', 'output dB', 'top-1, search', 'agreement', 'top-1, held back', 'Δ to base'],
        row('base', base, base),
        row('chosen', chosen, base),
        ...points.map((point) => row('', point, base)),
      ],
      ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    ),
    '',
  ].join('\n');
}

const row = (name: string, point: TradePoint, base: TradePoint): string[] => [
  name,
  `${percent(point.saving, 1)}%`,
  point.search.output_sqnr_db === null ? '-' : fixed(point.search.output_sqnr_db, 2),
  `${percent(point.search.top1, 2)}%`,
  `${percent(point.search.agreement, 2)}%`,
  `${percent(point.held_back.top1, 2)}%`,
  signed((point.held_back.top1 - base.held_back.top1) * 100, 2),
];

function changeLines({ changes }: OptimizeResults): readonly string[] {
  if (changes.length === 0) return [];
  const lines = alignedLines(
    [
      ['index', 'layer', 'class', 'changed'],
      ...changes.map(({ index, layer, class: className, changed }) => [
        String(index),
        shorten(printable(layer), 40),
        shorten(printable(className), 24),
        Object.entries(changed)
          .map(([key, value]) => `${key}: ${value}`)
          .join(', '),
      ]),
    ],
    ['right', 'left', 'left', 'left'],
  );
  return ['Chosen:', ...lines, ''];
}

function verificationLines({ verification: v, max_drop }: OptimizeResults): readonly string[] {
  const range = ([low, high]: readonly [number, number]): string =>
    `${percent(low, 1)} to ${percent(high, 1)}%`;
  const delta = (v.top1 - v.base_top1) * 100;
  return [
    `On the ${counted(v.samples, 'image')} held back: top-1 ${percent(v.top1, 2)}% (95% interval ${range(v.interval)}), base ${percent(v.base_top1, 2)}% (${range(v.base_interval)})`,
    `${signed(delta, 2)} points: ${v.within ? 'within' : 'NOT within'} ${percent(max_drop, 2)}. Only the choice is right on ${v.only_chosen}, only the base on ${v.only_base}; a difference like this comes by chance with p = ${fixed(v.p_value, 3)} (McNemar)`,
    `With ${counted(v.samples, 'image')} a drop below about ${fixed(detectable(v.samples, v.only_base + v.only_chosen), 1)} points cannot be told from chance.`,
  ];
}

/** The difference in points that two standard errors are, if that many images are right in one model only. */
const detectable = (samples: number, differing: number): number =>
  (200 * Math.sqrt(Math.max(differing, 1))) / samples;
