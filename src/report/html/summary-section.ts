import { mcnemarExact, wilsonInterval } from '../../core/index.js';
import type { StoredRun } from '../../eval/stored/index.js';
import { fixed, percent, signed } from '../text.js';
import { accuracyPlot, interval } from './accuracy-plot.js';
import type { Contestant } from './contestants.js';
import { html, type Markup, nameOf } from './markup.js';
import { probability, verdictOf } from './verdict.js';

/** Accuracy of the models, how sure it is, and what to think of it. */
export async function summarySection(
  runs: readonly StoredRun[],
  contestants: readonly Contestant[],
): Promise<Markup> {
  const { samples } = runs[0]!.results;
  const [reference, ...others] = contestants as [Contestant, ...Contestant[]];
  const recreated = others.filter(({ model }) => model === 'recreated');
  const verdicts = recreated.map((other) =>
    verdictOf(reference, other, samples, runs[other.run]!.results.sqnr.recreated.tensors),
  );
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">Summary</h2>
<div class="split"><div>${verdicts.map(
    ({ headline, sentences }) =>
      html`<div class="verdict"><p class="headline">${headline}</p><p>${sentences.join(' ')}</p></div>`,
  )}</div>
<figure class="plot">${await accuracyPlot(contestants, samples)}</figure></div>
<div class="scroll" tabindex="0" role="region" aria-label="Accuracy of the models">
<table class="numbers">
<thead><tr><th scope="col" class="text">Model</th><th scope="col">Top-1</th><th scope="col">Top-5</th><th scope="col">Δ top-1</th><th scope="col">Δ top-5</th><th scope="col">Lost / won</th><th scope="col">McNemar p</th><th scope="col">Agreement</th><th scope="col">Output SQNR</th></tr></thead>
<tbody>${contestants.map((contestant) => row(contestant, reference, samples))}</tbody>
</table></div>
<p class="note">Small print under an accuracy: Wilson’s 95 % interval. Δ: points against the Reference. Lost: images that only the Reference has right; won: that only this model has right. McNemar p: how probable so uneven a split is if neither model is better (exact, two-sided). Agreement: same first class as the Reference.</p>
${skipped(runs)}
</section>`;
}

function row(contestant: Contestant, reference: Contestant, samples: number): Markup {
  const { title, accuracy, paired, outputDb } = contestant;
  const score = (fraction: number, correct: number): Markup => {
    const { low, high } = wilsonInterval(correct, samples);
    return html`<td><span class="value">${percent(fraction, 2)} %</span><small>${interval(low, high)}</small></td>`;
  };
  const compared =
    contestant === reference
      ? html`<td>–</td><td>–</td><td>–</td><td>–</td><td>–</td><td>–</td>`
      : html`<td>${signed((accuracy.top1 - reference.accuracy.top1) * 100, 2)}</td><td>${signed((accuracy.top5 - reference.accuracy.top5) * 100, 2)}</td><td>${paired.lost} / ${paired.won}</td><td>${probability(mcnemarExact(paired.lost, paired.won)).replace('= ', '')}</td><td>${percent(paired.same / samples, 2)} %</td><td>${outputDb === null ? '–' : `${fixed(outputDb, 2)} dB`}</td>`;
  return html`<tr><th scope="row">${nameOf(title)}</th>${score(accuracy.top1, accuracy.correct1)}${score(accuracy.top5, accuracy.correct5)}${compared}</tr>`;
}

function skipped(runs: readonly StoredRun[]): Markup | null {
  const files = [...new Set(runs.flatMap(({ results }) => results.skipped))];
  if (files.length === 0) return null;
  const more = files.length > 5 ? `, and ${files.length - 5} more` : '';
  return html`<p class="note">Left out, since they could not be decoded: ${files.slice(0, 5).map((file, i) => html`${i > 0 && ', '}${nameOf(file)}`)}${more}.</p>`;
}
