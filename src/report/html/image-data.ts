import { isRight } from '../../eval/flips.js';
import type { StoredRun } from '../../eval/stored/index.js';
import { classLabel } from '../names.js';
import { fixed, printable } from '../text.js';
import type { Contestant } from './contestants.js';

/** Most images that a page lists. */
const MAX_IMAGES = 5000;

/** An image on which the models disagree. */
export interface FlippedImage {
  readonly file: string;
  readonly label: number;
  /** First class and confidence of each model. */
  readonly classes: readonly number[];
  readonly confidences: readonly number[];
}

/** The images on which the models disagree: those that the last model lost first, then by falling confidence of the Reference. */
export function flippedImages(run: StoredRun, contestants: readonly Contestant[]): readonly FlippedImage[] {
  const last = contestants.at(-1)!;
  return run.samples
    .flatMap(({ file, label }, i) => {
      const predictions = contestants.map((contestant) => contestant.predictions[i]!);
      const classes = predictions.map(({ top }) => top[0] ?? -1);
      if (classes.every((first) => first === classes[0])) return [];
      const [wasRight, isStillRight] = [
        isRight(predictions[0]!, label),
        isRight(last.predictions[i]!, label),
      ];
      const order = wasRight && !isStillRight ? 0 : isStillRight && !wasRight ? 1 : 2;
      return [{ file, label, classes, confidences: predictions.map(({ confidence }) => confidence), order }];
    })
    .sort((a, b) => a.order - b.order || b.confidences[0]! - a.confidences[0]!)
    .map(({ order: _, ...image }) => image);
}

/** What the page's script knows of the images. */
export interface ImageData {
  readonly models: readonly string[];
  /** Names of the classes that occur. */
  readonly names: Readonly<Record<number, string>>;
  /** File, label, first classes, confidences in percent, and the picture in base64 if there is one. */
  readonly rows: readonly (readonly [string, number, readonly number[], readonly string[], string?])[];
  /** Images that disagree but are not listed. */
  readonly leftOut: number;
  readonly pictures: number;
}

/** Packs flipped images for the page. @param pictures JPEG by file name */
export function imageData(
  images: readonly FlippedImage[],
  contestants: readonly Contestant[],
  labelNames: readonly string[],
  pictures: ReadonlyMap<string, Uint8Array>,
): ImageData {
  const listed = images.slice(0, MAX_IMAGES);
  const classes = new Set(listed.flatMap(({ label, classes: first }) => [label, ...first]));
  return {
    models: contestants.map(({ title }) => printable(title)),
    names: Object.fromEntries(
      [...classes].map((label) => [label, label < 0 ? 'none' : classLabel(label, labelNames)]),
    ),
    rows: listed.map(({ file, label, classes: first, confidences }): ImageData['rows'][number] => {
      const picture = pictures.get(file);
      const row = [printable(file), label, first, confidences.map((value) => fixed(value * 100, 1))] as const;
      return picture === undefined ? row : [...row, Buffer.from(picture).toString('base64')];
    }),
    leftOut: images.length - listed.length,
    pictures: listed.filter(({ file }) => pictures.has(file)).length,
  };
}
