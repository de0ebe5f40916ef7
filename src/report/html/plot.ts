import type { TopLevelSpec } from 'vega-lite';
import { type Markup, raw } from './markup.js';

/** A Vega-Lite specification without what all plots of a page share. */
export type PlotSpec = object;

const AXIS_TEXT = 12;

/** Colours are the page's own variables, so that a plot follows light and dark. */
const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  padding: 4,
  view: { stroke: null },
  axis: {
    domainColor: 'var(--rule)',
    gridColor: 'var(--rule)',
    gridOpacity: 0.6,
    tickColor: 'var(--rule)',
    labelColor: 'var(--muted)',
    titleColor: 'var(--ink)',
    titleFontWeight: 500,
    labelFontSize: AXIS_TEXT,
    titleFontSize: AXIS_TEXT,
    titlePadding: 8,
  },
  title: { color: 'var(--ink)', fontSize: 14, fontWeight: 600, anchor: 'start', offset: 8 },
  legend: { disable: true },
};

/**
 * Draws a plot as SVG that needs no script. Vega is loaded with the first plot, since it takes longer than all else.
 * @param alt what the plot shows, for those who do not see it
 */
export async function drawPlot(spec: PlotSpec, alt: string): Promise<Markup> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const { spec: vega } = compile({ ...spec, config: CONFIG } as unknown as TopLevelSpec);
  const view = new View(parse(vega), { renderer: 'none' });
  try {
    return raw(tidy(await view.toSVG(), alt));
  } finally {
    view.finalize();
  }
}

const ATTRIBUTE: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };

/** One picture with one description; labels of single marks stay for the page's script. */
function tidy(svg: string, alt: string): string {
  const label = alt.replace(/[&<"]/g, (character) => ATTRIBUTE[character]!);
  return svg
    .replace(/ (?:xmlns:xlink|version|class)="[^"]*"/g, '')
    .replace(/ (?:role|aria-roledescription|aria-hidden|pointer-events)="[^"]*"/g, '')
    .replace(/^<svg /, `<svg role="img" aria-label="${label}" `);
}
