import type { StoredLayer, StoredRun } from '../../eval/stored/index.js';
import { compact, fixed, percent, printable } from '../text.js';
import { html, type Markup, nameOf } from './markup.js';
import { drawPlot } from './plot.js';

/** Layers that the plot names. */
const NAMED = 6;

/** What each layer costs beside the noise that it adds by itself; nothing without such layers. */
export async function costSection(runs: readonly StoredRun[]): Promise<Markup | null> {
  const figures: Markup[] = [];
  for (const { name, results } of runs) {
    const layers = results.layers.filter(
      ({ cost, sqnr }) => cost.bit_operations > 0 && typeof sqnr.local_db === 'number',
    );
    if (layers.length < 2) continue;
    figures.push(html`${runs.length > 1 && html`<h3>${nameOf(name)}</h3>`}
<figure class="plot wide"><div class="scroll" tabindex="0" role="region" aria-label="Plot of noise by cost">${await costPlot(layers)}</div></figure>`);
  }
  if (figures.length === 0) return null;
  return html`<section id="cost" aria-labelledby="cost-title">
<h2 id="cost-title">Noise and cost</h2>
<p>To the right are the layers that cost most; high up those that add little noise by themselves. Layers at the top right are the first to try with fewer bits.</p>
${figures}
</section>`;
}

/** Those of `wanted` whose names do not run into each other. */
function apart(wanted: readonly StoredLayer[], all: readonly StoredLayer[]): ReadonlySet<StoredLayer> {
  const db = ({ sqnr }: StoredLayer): number => sqnr.local_db!;
  const height = Math.max(...all.map(db)) - Math.min(...all.map(db));
  const collide = (a: StoredLayer, b: StoredLayer): boolean =>
    Math.abs(db(a) - db(b)) < height / 18 &&
    Math.abs(Math.log2(a.cost.bit_operations / b.cost.bit_operations)) < 1;
  const chosen = new Set<StoredLayer>();
  for (const layer of wanted) if (![...chosen].some((other) => collide(layer, other))) chosen.add(layer);
  return chosen;
}

function costPlot(layers: readonly StoredLayer[]): Promise<Markup> {
  const total = layers.reduce((sum, { cost }) => sum + cost.bit_operations, 0);
  const byCost = layers.toSorted((a, b) => b.cost.bit_operations - a.cost.bit_operations);
  const byNoise = layers.toSorted((a, b) => a.sqnr.local_db! - b.sqnr.local_db!);
  const named = apart([...byNoise.slice(0, NAMED / 2), ...byCost.slice(0, NAMED / 2)], layers);
  const values = layers.map((layer) => {
    const { index, cost, sqnr } = layer;
    const name = `${index} ${printable(layer.layer)}`;
    const share = percent(cost.bit_operations / total, 1);
    return {
      cost: cost.bit_operations,
      noise: sqnr.local_db,
      name: named.has(layer) ? name : '',
      label: `${name}: local SQNR ${fixed(sqnr.local_db!, 2)} dB, ${compact(cost.bit_operations)} bit-operations (${share} %)`,
    };
  });
  const x = {
    field: 'cost',
    type: 'quantitative',
    scale: { type: 'log', nice: true },
    axis: { title: 'Bit-operations for one image', format: '~s', tickCount: 8 },
  };
  const y = {
    field: 'noise',
    type: 'quantitative',
    scale: { zero: false },
    axis: { title: 'Local SQNR (dB)' },
  };
  const spec = {
    data: { values },
    title: 'Noise that each replaced layer adds by itself, by what it costs',
    width: 980,
    height: 300,
    layer: [
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 0.85, color: 'var(--series-1)' },
        encoding: { x, y, description: { field: 'label' } },
      },
      {
        mark: { type: 'text', align: 'left', dx: 7, fontSize: 11, color: 'var(--ink)', limit: 200 },
        encoding: { x, y, text: { field: 'name' } },
      },
    ],
  };
  const dear = byCost.slice(0, 3).map(({ layer }) => printable(layer));
  const noisy = byNoise.slice(0, 3).map(({ layer }) => printable(layer));
  return drawPlot(
    spec,
    `Local SQNR in decibel by bit-operations. Dearest: ${dear.join(', ')}. Noisiest: ${noisy.join(', ')}. The table of layers has every value.`,
  );
}
