import { QpannError } from '../../core/index.js';
import type { LayerVertex } from '../../eval/layer-graph.js';
import type { StoredRun } from '../../eval/stored/index.js';
import { REPLACED, SQNR_CLASSES, sqnrDot } from '../graph-dot.js';
import { sqnrSvg } from '../graph-svg.js';
import { graphOfLayers } from './graph-of-layers.js';
import { escapeHtml, html, type Markup, nameOf, raw } from './markup.js';

/** The SQNR graph of each run, of which one shows at a time. */
export async function graphSection(runs: readonly StoredRun[]): Promise<Markup> {
  const graphs: Markup[] = [];
  for (const [position, run] of runs.entries()) graphs.push(await graphOf(run, position, runs.length > 1));
  return html`<section id="graph" aria-labelledby="graph-title">
<h2 id="graph-title">Where the noise enters</h2>
<p>Each box is a layer of the Recreated model, each arrow a tensor with its SQNR. Choose a layer for its card.</p>
<div class="bar">
${legend()}
<span class="zoom" hidden><button type="button" data-zoom="out" aria-label="Zoom out">−</button><button type="button" data-zoom="in" aria-label="Zoom in">+</button><button type="button" data-zoom="fit">Fit width</button></span>
${runs.length > 1 && html`<label class="choice" hidden>Run <select data-choose="run">${runs.map(({ name }, i) => html`<option value="${i}">${name}</option>`)}</select></label>`}
</div>
${graphs}
<p class="note">Drag or scroll to move, Ctrl and wheel to zoom. With the keyboard: Tab into the graph, arrow keys from layer to layer, Enter for the card, + and − to zoom.</p>
</section>`;
}

/** What the colours say. */
export const legend = (): Markup =>
  html`<ul class="legend" aria-label="Colours"><li><span class="swatch replaced"></span>replaced layer</li>${SQNR_CLASSES.map(({ name, legend }) => html`<li><span class="swatch line db-${name}${name === 'none' && ' dashed'}"></span>${legend}</li>`)}</ul>`;

async function graphOf(run: StoredRun, position: number, isOneOfMany: boolean): Promise<Markup> {
  const layers = run.results.layers;
  const graph = graphOfLayers(layers, run.results.sqnr.recreated.tensors);
  const title = isOneOfMany && html`<h3>${nameOf(run.name)}</h3>`;
  const label = `SQNR graph${isOneOfMany ? ` of ${run.name}` : ''}`;
  try {
    const svg = forPage(await sqnrSvg(sqnrDot(graph, null)), graph.nodes, layers.length);
    return html`<div class="run" data-run="${position}">${title}<div class="graph" role="group" aria-label="${label}" data-run="${position}">${raw(svg)}</div></div>`;
  } catch (error) {
    if (!(error instanceof QpannError)) throw error;
    return html`<div class="run" data-run="${position}">${title}<p class="note">${error.message}</p></div>`;
  }
}

/** Colours of the picture and the variables that the page has for them. */
const VARIABLES = new Map([
  ['white', 'var(--surface)'],
  ['#1f2933', 'var(--ink)'],
  ['#52606d', 'var(--muted)'],
  [REPLACED, 'var(--replaced)'],
  ['#7f1010', 'var(--replaced-edge)'],
  ...SQNR_CLASSES.map(({ name, color }): [string, string] => [color, `var(--db-${name})`]),
]);

/** The picture as a part of a page: the first nodes can be chosen, colours follow the page, nothing has an id. */
function forPage(svg: string, nodes: readonly LayerVertex[], choices: number): string {
  return svg
    .slice(svg.indexOf('<svg'))
    .replace(/<title>[^<]*<\/title>\s*/, '')
    .replace(/ xmlns(?::xlink)?="[^"]*"| xml:space="preserve"| font-family="[^"]*"| font-size="12.00"/g, '')
    .replace(/(width|height)="([\d.]+)pt"/g, '$1="$2"')
    .replace(/<polygon fill="white" stroke="none"[^>]*\/>/, '')
    .replace(/<g id="node(\d+)" class="node">/g, (_, number: string) => {
      const position = Number(number) - 1;
      if (position >= choices) return '<g class="node">';
      const focus = position === 0 ? 0 : -1;
      return `<g class="${nodes[position]!.replaced ? 'node replaced' : 'node'}" data-layer="${position}" tabindex="${focus}" role="button" aria-label="${labelOf(nodes[position]!)}">`;
    })
    .replace(/ id="[^"]*"| class="graph"/g, '')
    .replace(/ (fill|stroke)="([^"]*)"/g, (all, attribute: string, color: string) => {
      const variable = VARIABLES.get(color);
      return variable === undefined ? all : ` ${attribute}="${variable}"`;
    })
    .replace(/<g class="node replaced"[\s\S]*?<\/g>/g, (node) =>
      node.replaceAll('fill="var(--surface)"', 'fill="var(--on-replaced)"'),
    );
}

const labelOf = ({ index, name, className, replaced }: LayerVertex): string =>
  escapeHtml(`${index} ${name}, ${className}${replaced ? ', replaced' : ''}`);
