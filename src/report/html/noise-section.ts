import type { StoredRun } from '../../eval/stored/index.js';
import { counted } from '../text.js';
import { html, type Markup, nameOf } from './markup.js';
import { noisePlot, seriesOf } from './noise-plot.js';

/** SQNR along the network: Figure 5.1 of the thesis, and 5.3 for several runs. */
export async function noiseSection(runs: readonly StoredRun[]): Promise<Markup> {
  const series = seriesOf(runs);
  return html`<section id="noise" aria-labelledby="noise-title">
<h2 id="noise-title">SQNR along the network</h2>
<ul class="legend" aria-label="Marks">${series.map(({ title, color, dashed }) => html`<li><span class="swatch line${dashed && ' dashed'}" style="color:${color}"></span>${nameOf(title)}</li>`)}<li><span class="swatch dot"></span>replaced layer</li></ul>
<figure class="plot wide"><div class="scroll" tabindex="0" role="region" aria-label="Plot of SQNR by layer index">${await noisePlot(series)}</div>
<figcaption>${orderText(runs)} ${unseen(runs)}</figcaption></figure>
</section>`;
}

function orderText(runs: readonly StoredRun[]): string {
  const base =
    'Layers stand by their index: their position in the model file, in which every layer comes after those it reads.';
  const joins = Math.max(
    ...runs.map(({ results }) => results.layers.filter(({ inputs }) => new Set(inputs).size > 1).length),
  );
  const readers = new Map<string, number>();
  for (const input of runs[0]!.results.layers.flatMap(({ inputs }) => [...new Set(inputs)]))
    readers.set(input, (readers.get(input) ?? 0) + 1);
  const forks = [...readers.values()].filter((count) => count > 1).length;
  if (joins === 0 && forks === 0) return `${base} Each reads the one before it.`;
  return `${base} This network has branches (${counted(forks, 'tensor')} read more than once, ${counted(joins, 'layer')} with several inputs), so neighbours on the axis need not be connected; a difference is therefore not to the neighbour, but to the smallest SQNR among the inputs of the layer.`;
}

function unseen(runs: readonly StoredRun[]): string {
  const rows = runs.flatMap(({ results }) => results.sqnr.recreated.tensors);
  const identical = rows.filter((row) => row.identical).length;
  const silent = rows.filter((row) => row.sqnr_db === null && !row.identical).length;
  return [
    identical > 0 && `Without noise, so not drawn: ${counted(identical, 'tensor')}.`,
    silent > 0 && `Without signal, so not drawn: ${counted(silent, 'tensor')}.`,
  ]
    .filter(Boolean)
    .join(' ');
}
