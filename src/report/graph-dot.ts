import type { LayerEdge, LayerGraph, LayerVertex } from '../eval/layer-graph.js';
import type { ModelName } from '../eval/results.js';
import { decibelText, MODEL_TITLES } from './names.js';
import { printable, shorten } from './text.js';

/** What the title says. */
export interface DotTitle {
  /** Name of the network. */
  readonly network: string;
  readonly model: Exclude<ModelName, 'reference'>;
}

/** The widest sans-serif font whose widths Graphviz knows: text fits its box whatever font a viewer has. */
export const FONT = 'Verdana';
export const REPLACED = '#b71c1c';
const INK = '#1f2933';

interface EdgeStyle {
  /** What a page calls the class. */
  readonly name: string;
  readonly legend: string;
  readonly color: string;
  readonly penWidth: number;
}

const IDENTICAL: EdgeStyle = { name: 'none', legend: 'identical', color: '#6b7280', penWidth: 0.8 };

/** First fit: SQNR below `below`. */
const STYLES: readonly (EdgeStyle & { readonly below: number })[] = [
  { below: 10, name: 'severe', legend: 'below 10 dB', color: '#b00020', penWidth: 4 },
  { below: 20, name: 'strong', legend: '10 to 20 dB', color: '#c2410c', penWidth: 2.8 },
  { below: 30, name: 'some', legend: '20 to 30 dB', color: '#8a6100', penWidth: 1.8 },
  {
    below: Number.POSITIVE_INFINITY,
    name: 'little',
    legend: '30 dB and more',
    color: '#4b5563',
    penWidth: 1,
  },
];

/** The classes of SQNR from bad to good, each with its colour. */
export const SQNR_CLASSES: readonly EdgeStyle[] = [...STYLES, IDENTICAL];

/** The class of a tensor's SQNR. */
export const sqnrClass = ({ sqnrDb, identical }: Pick<LayerEdge, 'sqnrDb' | 'identical'>): EdgeStyle =>
  identical
    ? IDENTICAL
    : (STYLES.find(({ below }) => (sqnrDb ?? Number.NEGATIVE_INFINITY) < below) ?? IDENTICAL);

/**
 * The model in Graphviz's DOT, as Figure 4.3 of the thesis: layers are vertices, replaced ones red; an edge carries the SQNR of
 * its tensor, and the lower that is, the more it stands out.
 * @param title null for a picture without heading and legend
 * @throws Error if an edge names a node that the graph does not have
 */
export function sqnrDot(graph: LayerGraph, title: DotTitle | null): string {
  const names = new Map(graph.nodes.map(({ id }, position) => [id, `n${position}`]));
  const nameOf = (id: string): string => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`the graph to draw has no node ${id}`);
    return name;
  };
  const text =
    title === null
      ? 'SQNR'
      : `${shorten(printable(title.network), 80)}: SQNR of the ${MODEL_TITLES[title.model]} model`;
  return [
    `digraph "${escaped(text).replaceAll('\\\\', '&#92;')}" {`,
    `  graph [rankdir=TB, ranksep=0.35, nodesep=0.45, pad=0.3, labelloc=t, bgcolor=white,`,
    `    fontname="${FONT}", fontcolor="${INK}",`,
    `    label=${title === null ? '""' : `<${titleTable(text)}>`}]`,
    `  node [shape=box, style="rounded,filled", fillcolor=white, color="#52606d", fontcolor="${INK}",`,
    `    fontname="${FONT}", fontsize=12, margin="0.16,0.09", penwidth=1.1]`,
    `  edge [fontname="${FONT}", fontsize=11, arrowsize=0.8]`,
    ...graph.nodes.map((node) => `  ${nameOf(node.id)} ${nodeAttributes(node)}`),
    ...graph.edges.map((edge) => `  ${nameOf(edge.from)} -> ${nameOf(edge.to)} ${edgeAttributes(edge)}`),
    '}',
    '',
  ].join('\n');
}

function nodeAttributes({ index, name, className, merged, replaced }: LayerVertex): string {
  const lines = [`${index}  ${name}`, className, ...merged.map((layer) => `+ ${layer}`)];
  const label = lines.map((line) => escaped(shorten(printable(line), 80))).join('\\n');
  const red = replaced ? `, fillcolor="${REPLACED}", color="#7f1010", fontcolor=white` : '';
  return `[label="${label}"${red}]`;
}

function edgeAttributes(edge: LayerEdge): string {
  const { color, penWidth } = sqnrClass(edge);
  const label = decibelText(edge.sqnrDb, edge.identical, ' dB');
  const dashed = edge.identical ? ', style=dashed' : '';
  return `[label="  ${label} ", color="${color}", fontcolor="${color}", penwidth=${penWidth}${dashed}]`;
}

function titleTable(text: string): string {
  const legend = SQNR_CLASSES.map(
    ({ legend, color }) => `<TD><FONT POINT-SIZE="12" COLOR="${color}"><B>&#8594;</B> ${legend}</FONT></TD>`,
  );
  return [
    '<TABLE BORDER="0" CELLSPACING="6">',
    `<TR><TD ALIGN="LEFT" COLSPAN="${legend.length + 1}"><FONT POINT-SIZE="18"><B>${html(text)}</B></FONT></TD></TR>`,
    `<TR><TD BGCOLOR="${REPLACED}" CELLPADDING="4"><FONT POINT-SIZE="12" COLOR="white"> replaced layer </FONT></TD>${legend.join('')}</TR>`,
    '</TABLE>',
  ].join('');
}

/** Text in an HTML-like label; a backslash is doubled, since Graphviz replaces `\N` and the like. */
const html = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('\\', '\\\\');

/** Text in a quoted label, which has both backslash escapes and HTML entities. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('\\', '\\\\').replaceAll('"', '\\"');
