import type { StoredConfiguration, StoredSweep } from '../../eval/stored/index.js';
import { compact, counted, fixed, percent, signed } from '../text.js';
import { type Content, html, type Markup, nameOf } from './markup.js';
import { pageHtml } from './page.js';
import { frontPlot, RANKED, rankedLayers, relationPlot, sensitivityPlot } from './sweep-plots.js';

/** The page of a sweep. The same sweep gives the same bytes. */
export async function sweepReport(sweep: StoredSweep): Promise<string> {
  const { configurations, samples, numerics, reference } = sweep;
  return pageHtml({
    title: sweep.network ?? 'Sweep',
    subtitle: `Sweep of ${counted(configurations.length, 'configuration')} over ${counted(samples, 'image')}, ${numerics}; the Reference has ${percent(reference.top1, 2)} % top-1`,
    sections: [
      ...(sweep.sensitivity.length === 0
        ? []
        : [{ id: 'sensitivity', name: 'Sensitivity', content: await sensitivitySection(sweep) }]),
      { id: 'relation', name: 'SQNR and accuracy', content: await relationSection(sweep) },
      { id: 'front', name: 'Cost', content: await frontSection(sweep) },
      { id: 'configurations', name: 'Configurations', content: configurationSection(sweep) },
    ],
    data: {},
    scripts: ['page.js', 'table.js'],
  });
}

const section = (id: string, title: string, content: Content): Markup =>
  html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>`;

const figure = (plot: Markup, label: string): Markup =>
  html`<figure class="plot wide"><div class="scroll" tabindex="0" role="region" aria-label="${label}">${plot}</div></figure>`;

async function sensitivitySection(sweep: StoredSweep): Promise<Markup> {
  const rows = rankedLayers(sweep.sensitivity);
  const db = (value: number | null): Content => (value === null ? '–' : fixed(value, 2));
  return section(
    'sensitivity',
    'Which layers are sensitive',
    html`<p>The lower the SQNR of the output where a layer alone is quantized, the more sensitive is the network to it. Where a layer alone is left in float, the rest is quantized.${rows.length > RANKED && ` The plot has the ${RANKED} most sensitive of ${rows.length} layers.`}</p>
<ul class="legend" aria-label="Marks"><li><span class="swatch dot"></span>alone quantized</li>${rows.some(({ alone_float_db: left }) => left !== null) && html`<li><span class="swatch dot series-1"></span>alone left in float</li>`}</ul>
${figure(await sensitivityPlot(sweep), 'Plot of sensitivity by layer')}
${table(
  ['Rank', 'Index', 'Layer', 'Class', 'Alone quantized', 'Alone in float'],
  rows.map(({ index, layer, class: className, alone_quantized_db, alone_float_db }, rank) => [
    number(rank + 1),
    number(index),
    text(layer),
    text(className),
    number(alone_quantized_db, db(alone_quantized_db)),
    number(alone_float_db, db(alone_float_db)),
  ]),
  'Table of layers by sensitivity',
)}`,
  );
}

async function relationSection(sweep: StoredSweep): Promise<Markup> {
  return section(
    'relation',
    'Does SQNR tell accuracy?',
    html`<p>${relationText(sweep)} The dashed line is the Reference.</p>${figure(await relationPlot(sweep), 'Plot of top-1 by SQNR')}`,
  );
}

/** What Spearman's ρ says, in words. */
export function relationText({ spearman: { rho, n } }: Pick<StoredSweep, 'spearman'>): string {
  if (rho === null)
    return `Spearman’s ρ between the SQNR of the output and top-1 is not defined for these ${counted(n, 'configuration')}.`;
  const size = Math.abs(rho);
  const strength =
    size >= 0.8 ? 'closely' : size >= 0.5 ? 'on the whole' : size >= 0.3 ? 'loosely' : 'hardly';
  const what =
    rho < 0 && size >= 0.3
      ? `A higher SQNR ${strength} goes with a lower top-1`
      : `The order by SQNR ${strength} tells the order by top-1`;
  return `${what}: Spearman’s ρ between the SQNR of the output and top-1 is ${signed(rho, 3)} over ${counted(n, 'configuration')}.`;
}

async function frontSection(sweep: StoredSweep): Promise<Markup> {
  return section(
    'front',
    'Cost against accuracy',
    html`<p>${counted(sweep.pareto.length, 'configuration')} of ${sweep.configurations.length} cannot be beaten: none costs at most as much and is worth at least as much. They are red, and marked in the table.</p>${figure(await frontPlot(sweep), 'Plot of worth by cost')}`,
  );
}

function configurationSection(sweep: StoredSweep): Markup {
  const front = new Set(sweep.pareto);
  const hasCycles = sweep.configurations.some(({ cost }) => cost.cycles !== undefined);
  const cells = (row: StoredConfiguration): readonly Cell[] => [
    text(row.label, front.has(row.id)),
    text(row.calibrator),
    number(row.top1, percent(row.top1, 2)),
    number(row.top1 - sweep.reference.top1, signed((row.top1 - sweep.reference.top1) * 100, 2)),
    number(row.agreement, percent(row.agreement, 2)),
    number(row.output_sqnr_db, row.output_sqnr_db === null ? '∞' : fixed(row.output_sqnr_db, 2)),
    number(row.worst_sqnr_db, row.worst_sqnr_db === null ? '∞' : fixed(row.worst_sqnr_db, 2)),
    number(row.cost.bit_operations, compact(row.cost.bit_operations)),
    number(row.cost.weight_bytes, compact(row.cost.weight_bytes)),
    ...(hasCycles ? [number(row.cost.cycles ?? null, compact(row.cost.cycles ?? 0))] : []),
  ];
  const titles = [
    'Configuration',
    'Calibrator',
    'Top-1 %',
    'Δ top-1',
    'Agreement %',
    'Output dB',
    'Worst dB',
  ];
  return section(
    'configurations',
    'Configurations',
    table(
      [...titles, 'Bit-ops', 'Weight bytes', ...(hasCycles ? ['Cycles'] : [])],
      sweep.configurations.map(cells),
      'Table of configurations',
    ),
  );
}

interface Cell {
  readonly content: Content;
  /** What to sort by; null for text. */
  readonly value: string | null;
}

const number = (value: number | null, shown: Content = value): Cell => ({
  content: shown,
  value: value === null ? '' : String(value),
});

const text = (value: string, isMarked = false): Cell => ({
  content: html`${isMarked && html`<span class="swatch dot" title="on the front"></span>`}${nameOf(value)}`,
  value: null,
});

function table(titles: readonly string[], rows: readonly (readonly Cell[])[], label: string): Markup {
  const isText = titles.map((_, column) => rows[0]?.[column]?.value === null);
  return html`<div class="scroll tall" tabindex="0" role="region" aria-label="${label}"><table class="numbers sortable">
<thead><tr>${titles.map((title, i) => html`<th scope="col"${isText[i] && html` class="text"`}><button type="button" data-sort="${isText[i] ? 'text' : 'number'}">${title}</button></th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(({ content, value }) => (value === null ? html`<td class="text">${content}</td>` : html`<td data-value="${value}">${content}</td>`))}</tr>\n`)}</tbody>
</table></div>`;
}
