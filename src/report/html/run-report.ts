import { basename } from 'node:path';
import type { StoredRun } from '../../eval/stored/index.js';
import { counted } from '../text.js';
import { cardsOf } from './card-data.js';
import { confusionSection } from './confusion-section.js';
import { contestantsOf } from './contestants.js';
import { costSection } from './cost-section.js';
import { graphSection } from './graph-section.js';
import { flippedImages, imageData } from './image-data.js';
import { imageSection } from './image-section.js';
import { layerSection } from './layer-table.js';
import { noiseSection } from './noise-section.js';
import { pageHtml } from './page.js';
import { settingsSection } from './settings-section.js';
import { summarySection } from './summary-section.js';

/** Gives small JPEG pictures of images by their names, those first that matter most. */
export type Pictures = (files: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/**
 * `report.html`: one run, or several of the same network and images side by side. The same runs and pictures give the
 * same bytes.
 */
export async function runReport(runs: readonly StoredRun[], pictures: Pictures): Promise<string> {
  const first = runs[0]!;
  const contestants = contestantsOf(runs);
  const flipped = flippedImages(first, contestants);
  const images = imageData(
    flipped,
    contestants,
    first.labelNames,
    await pictures(flipped.map(({ file }) => file)),
  );
  const truth = { labels: first.samples.map(({ label }) => label), names: first.labelNames };
  const { samples, calibration } = first.results;
  const cost = await costSection(runs);
  return pageHtml({
    title: basename(first.network.model_file),
    subtitle: `${counted(samples, 'image')}, calibrated on ${calibration.samples} (${calibration.method})${runs.length > 1 ? `, ${runs.length} runs` : ''}`,
    sections: [
      { id: 'summary', name: 'Summary', content: await summarySection(runs, contestants) },
      { id: 'graph', name: 'Graph', content: await graphSection(runs) },
      { id: 'noise', name: 'SQNR', content: await noiseSection(runs) },
      ...(cost === null ? [] : [{ id: 'cost', name: 'Cost', content: cost }]),
      { id: 'layers', name: 'Layers', content: layerSection(runs) },
      { id: 'images', name: 'Images', content: imageSection(images, contestants, samples) },
      { id: 'classes', name: 'Classes', content: confusionSection(contestants, truth) },
      { id: 'settings', name: 'Settings', content: settingsSection(runs) },
    ],
    data: { runs: runs.map(cardsOf), images },
    scripts: ['page.js', 'histogram.js', 'card.js', 'graph.js', 'table.js', 'images.js'],
  });
}
