import type { StoredRun, StoredTensor } from '../../eval/stored/index.js';
import { type Column, columnsOf, type Row } from './layer-columns.js';
import { html, type Markup } from './markup.js';

/** All layers, to be sorted and filtered. */
export function layerSection(runs: readonly StoredRun[]): Markup {
  const rows = rowsOf(runs);
  const columns = columnsOf(rows, runs);
  return html`<section id="layers" aria-labelledby="layers-title">
<h2 id="layers-title">Layers</h2>
<div class="bar controls" hidden><label>Filter <input type="search" data-filter="text" placeholder="name, class or index" autocomplete="off"></label>
<label class="check"><input type="checkbox" data-filter="replaced"> replaced only</label><span class="count" role="status"></span></div>
<div class="scroll tall" tabindex="0" role="region" aria-label="Table of layers">
<table class="numbers sortable" id="layer-table">
<thead><tr>${columns.map(({ title, help, isNumber }) => html`<th scope="col"${isNumber ? null : html` class="text"`}><button type="button" data-sort="${isNumber ? 'number' : 'text'}"${help && html` title="${help}"`}>${title}</button></th>`)}</tr></thead>
<tbody>${rows.map((row) => rowMarkup(row, columns))}</tbody>
</table></div>
</section>`;
}

function rowsOf(runs: readonly StoredRun[]): readonly Row[] {
  const rows = new Map<string, { row: StoredTensor; runs: Row['runs'][number][] }>();
  runs.forEach(({ results }, run) => {
    const layers = new Map(results.layers.map((layer, position) => [layer.tensor, { layer, position }]));
    for (const row of results.sqnr.recreated.tensors) {
      const entry = rows.get(row.tensor) ?? { row, runs: runs.map(() => ({ position: -1 })) };
      entry.runs[run] = { tensor: row, position: -1, ...layers.get(row.tensor) };
      rows.set(row.tensor, entry);
    }
  });
  return [...rows.values()]
    .map(({ row, runs: inRuns }) => ({
      index: row.index,
      layer: row.layer,
      class: row.class,
      tensor: row.tensor,
      shape: row.shape,
      runs: inRuns,
    }))
    .sort((a, b) => a.index - b.index);
}

function rowMarkup(row: Row, columns: readonly Column[]): Markup {
  const replaced = row.runs.some(({ tensor }) => tensor?.replaced);
  return html`<tr${replaced && html` class="replaced"`}>${columns.map(({ value, cell, isNumber }) => {
    const key = value(row);
    return html`<td${isNumber ? html` data-value="${key === null ? '' : String(key)}"` : html` class="text"`}>${cell(row)}</td>`;
  })}</tr>\n`;
}
