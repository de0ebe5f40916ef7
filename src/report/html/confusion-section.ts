import { classLabel } from '../names.js';
import { percent } from '../text.js';
import type { Contestant } from './contestants.js';
import { html, type Markup, nameOf } from './markup.js';

const WORST = 10;

/** The labels of the images, and names of classes. */
export interface Truth {
  readonly labels: readonly number[];
  readonly names: readonly string[];
}

/** What a class is taken for. */
interface ClassRow {
  readonly label: number;
  readonly images: number;
  /** Images by predicted class. */
  readonly predicted: ReadonlyMap<number, number>;
  readonly right: number;
  readonly rightInReference: number;
}

/** The classes that a model gets wrong most often, and what it takes them for. */
export function confusionSection(contestants: readonly Contestant[], truth: Truth): Markup {
  const reference = contestants[0]!;
  const shown = contestants.filter(({ model }) => model === 'recreated').slice(0, 4);
  return html`<section id="classes" aria-labelledby="classes-title">
<h2 id="classes-title">The ten worst classes</h2>
<p>Rows are true classes, those first of which the Recreated model gets the smallest share right; columns what it takes them for.</p>
${shown.map((contestant) => table(contestant, reference, truth, shown.length > 1))}
</section>`;
}

/** Of the classes with mistakes those with the smallest share of hits; of equal ones those that lost most against the Reference, then the larger. */
export function worstClasses(
  contestant: Contestant,
  reference: Contestant,
  { labels }: Truth,
): readonly ClassRow[] {
  const rows = new Map<
    number,
    { label: number; images: number; predicted: Map<number, number>; right: number; rightInReference: number }
  >();
  labels.forEach((label, i) => {
    const row = rows.get(label) ?? { label, images: 0, predicted: new Map(), right: 0, rightInReference: 0 };
    rows.set(label, row);
    const predicted = contestant.predictions[i]!.top[0] ?? -1;
    row.images += 1;
    row.predicted.set(predicted, (row.predicted.get(predicted) ?? 0) + 1);
    if (predicted === label) row.right += 1;
    if (reference.predictions[i]!.top[0] === label) row.rightInReference += 1;
  });
  const lost = (row: ClassRow): number => row.rightInReference - row.right;
  return [...rows.values()]
    .filter(({ right, images }) => right < images)
    .sort(
      (a, b) =>
        a.right / a.images - b.right / b.images ||
        lost(b) - lost(a) ||
        b.images - a.images ||
        a.label - b.label,
    )
    .slice(0, WORST);
}

function table(contestant: Contestant, reference: Contestant, truth: Truth, hasTitle: boolean): Markup {
  const rows = worstClasses(contestant, reference, truth);
  if (rows.length === 0) return html`<p>${contestant.title} gets every image right.</p>`;
  const columns = rows.map(({ label }) => label);
  const name = (label: number): string => (label < 0 ? 'none' : classLabel(label, truth.names));
  return html`${hasTitle && html`<h3>${nameOf(contestant.title)}</h3>`}
<div class="scroll" tabindex="0" role="region" aria-label="Confusion of the ten worst classes of ${contestant.title}">
<table class="confusion">
<thead><tr><th scope="col" class="text">True class</th><th scope="col">Right</th><th scope="col">Reference</th>${columns.map((label) => html`<th scope="col" class="turned"><span title="${name(label)}">${nameOf(name(label))}</span></th>`)}<th scope="col">Others</th><th scope="col" class="text">Mostly taken for</th></tr></thead>
<tbody>${rows.map((row) => rowMarkup(row, columns, name))}</tbody>
</table></div>`;
}

function rowMarkup(row: ClassRow, columns: readonly number[], name: (label: number) => string): Markup {
  const { label, images, predicted, right, rightInReference } = row;
  const others = [...predicted]
    .filter(([other]) => !columns.includes(other))
    .reduce((sum, [, count]) => sum + count, 0);
  const mistakes = [...predicted]
    .filter(([other]) => other !== label)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, 2);
  return html`<tr><th scope="row" class="text">${nameOf(name(label))}</th><td>${share(right, images)}</td><td>${share(rightInReference, images)}</td>${columns.map((other) => cell(predicted.get(other) ?? 0, images, other === label))}${cell(others, images, false)}<td class="text">${mistakes.map(([other, count], i) => html`${i > 0 && ', '}${nameOf(name(other))} ${count}×`)}</td></tr>`;
}

const share = (part: number, whole: number): Markup =>
  html`${part}/${whole} <small>${percent(part / whole, 0)} %</small>`;

function cell(count: number, images: number, isRight: boolean): Markup {
  if (count === 0) return html`<td class="zero">·</td>`;
  const strength = Math.round(10 + (30 * count) / images);
  return html`<td class="${isRight ? 'right' : 'wrong'}" style="--strength:${strength}%">${count}</td>`;
}
