import { instance } from '@viz-js/viz';
import { failure } from '../core/index.js';
import { FONT } from './graph-dot.js';

/**
 * Draws a graph of `sqnrDot` as SVG that stands alone: no document type, no reference to another file. The same DOT gives the
 * same bytes.
 * @throws QpannError if Graphviz cannot lay out the graph, for example for want of memory
 */
export async function sqnrSvg(dot: string): Promise<string> {
  return standalone(await layout(dot));
}

async function layout(dot: string): Promise<string> {
  try {
    const graphviz = await instance();
    return graphviz.renderString(dot, { format: 'svg', engine: 'dot' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(`the SQNR graph cannot be drawn (${reason}); the DOT file has the same graph`, {
      cause: error,
    });
  }
}

/** The first line of a layer, up to its attributes. */
const NODE_HEADING = /(class="node">\s*<(?:path|polygon)[^>]*>\s*<text )/g;

/** Keeps one title, that of the graph, as the first child of the root, where readers look for it. */
function standalone(svg: string): string {
  const title = /<title>[^<]*<\/title>/.exec(svg)?.[0] ?? '<title>SQNR</title>';
  return svg
    .replace(/<!DOCTYPE[^>]*>\s*/, '')
    .replace(/<!--[\s\S]*?-->\s*/g, '')
    .replace(/<title>[^<]*<\/title>\s*/g, '')
    .replaceAll(`font-family="${FONT}"`, 'font-family="Helvetica,Arial,sans-serif"')
    .replace(NODE_HEADING, '$1font-weight="bold" ')
    .replace(/<svg\b[^>]*>/, (tag) => `${tag}\n${title}`);
}
