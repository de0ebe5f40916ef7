import { grouped } from '../text.js';
import type { Contestant } from './contestants.js';
import type { ImageData } from './image-data.js';
import { html, type Markup } from './markup.js';

/** Images on which the models disagree; the page's script fills the list. */
export function imageSection(data: ImageData, contestants: readonly Contestant[], samples: number): Markup {
  const { rows, leftOut } = data;
  const total = rows.length + leftOut;
  return html`<section id="images" aria-labelledby="images-title">
<h2 id="images-title">Flipped images</h2>
<p>${total === 0 ? 'All models give the same first class on every image.' : `On ${grouped(total)} of ${grouped(samples)} images the models disagree about the first class.`} ${limits(data)}</p>
${
  rows.length > 0 &&
  html`<div class="bar controls" hidden><label>Show <select data-filter="kind"><option value="">all that disagree</option>${contestants
    .slice(1)
    .map(
      ({ title }, i) =>
        html`<option value="lost ${i + 1}">lost by ${title}</option><option value="won ${i + 1}">won by ${title}</option><option value="other ${i + 1}">${title} wrong in another way</option>`,
    )}</select></label><label>Class or file <input type="search" data-filter="images" autocomplete="off"></label><span class="count" role="status"></span></div>
<ul class="images"></ul>
<p><button type="button" class="more" hidden>Show more</button></p>
<noscript><p class="note">The list needs scripts; predictions.csv holds the same.</p></noscript>`
}
</section>`;
}

function limits({ rows, leftOut, pictures }: ImageData): string {
  const withoutPicture = rows.length - pictures;
  return [
    withoutPicture > 0 &&
      `${grouped(withoutPicture)} of them are listed without a picture, to keep this file small or since the picture is not at hand.`,
    leftOut > 0 && `${grouped(leftOut)} more are in predictions.csv only.`,
  ]
    .filter(Boolean)
    .join(' ');
}
