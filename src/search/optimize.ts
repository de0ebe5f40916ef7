import { type Graph, inputError } from '../core/index.js';
import type { Machine } from '../cost/index.js';
import { chooseCalibration } from '../data/index.js';
import type { LabelledImage, RecreationConfig } from '../eval/index.js';
import type { Measured, SearchResult } from './evaluate.js';
import { type ChosenSettings, recreationOf, settingsOf } from './layer-settings.js';
import { graphsOf, modelOf, type SearchNetwork } from './network.js';
import { type OptimizeResults, scores, type TradePoint, verify } from './optimize-results.js';
import { type ConfigurationCost, type CostKind, configurationCost, costIn, scoresOf } from './sweep.js';
import { neverRising, tradeOff } from './trade.js';
import { type Widths, waysOf } from './ways.js';

/** What to look for. */
export interface OptimizeQuestion extends Widths {
  /** Fraction of top-1 that may be lost against the base. */
  readonly maxDrop: number;
  readonly cost: CostKind;
  readonly machine?: Machine;
}

/** How a search is carried out: evaluates graphs on images. */
export type Evaluate = (
  graphs: readonly Graph[],
  images: readonly LabelledImage[],
  what: string,
) => Promise<SearchResult>;

/** Images that sensitivity is measured on at most: noise is a mean over all outputs, so few are enough. */
const SENSITIVITY_IMAGES = 40;
/** Points are this share of the base's cost apart. */
const SPACING = 0.015;

/** A network as it may be built. */
interface Candidate {
  readonly choices: readonly ChosenSettings[];
  readonly recreation: RecreationConfig;
  readonly graph: Graph;
  readonly cost: ConfigurationCost;
}

/** The images of the search, and those that are held back: halves, chosen by the network's seed. */
export function splitImages(
  images: readonly LabelledImage[],
  seed: number,
): { readonly search: readonly LabelledImage[]; readonly heldBack: readonly LabelledImage[] } {
  if (images.length < 2) throw inputError('to hold half of the images back takes at least two');
  const chosen = new Set(chooseCalibration(images.length, Math.ceil(images.length / 2), seed));
  return {
    search: images.filter((_, i) => chosen.has(i)),
    heldBack: images.filter((_, i) => !chosen.has(i)),
  };
}

/**
 * Looks for the cheapest widths of weights, layer by layer, that lose no more than `maxDrop` of top-1 against the base.
 *
 * 1. Sensitivity: the noise at the output of every layer alone, at every width.
 * 2. The way from the least noise to the least cost, by the step that costs the least noise for what it saves (`tradeOff`).
 * 3. Points of it are measured on the images of the search. The cheapest is chosen whose top-1, as measured and with chance
 *    smoothed out, is within the drop, and whose noise is not above what the drop allows (`allowedNoise`).
 * 4. Repair: the next point, which was not good enough, with one layer taken back.
 *
 * Then, and only then, the images that were held back are looked at.
 * @param base the recreation config to make cheaper
 * @throws QpannError where there is nothing to choose
 */
export async function optimize(
  search: SearchNetwork,
  base: RecreationConfig,
  question: OptimizeQuestion,
  evaluate: Evaluate,
): Promise<{ readonly results: OptimizeResults; readonly recreation: RecreationConfig }> {
  const { reference, layers } = search.basis;
  const images = splitImages(search.images, search.network.seed);
  const costOf = ({ cost }: Candidate): number => costIn(cost, question.cost);
  const candidateOf = (choices: readonly ChosenSettings[]): Candidate => {
    const recreation = recreationOf(layers, choices);
    const [graph] = graphsOf(search, [{ label: 'a step of the search', recreation }]);
    return { choices, recreation, graph: graph!, cost: configurationCost(graph!, question.machine) };
  };
  const start = candidateOf(settingsOf(reference, layers, base, modelOf(search, base)));
  const ways = start.choices.map((choice) => waysOf(search, choice, question));
  if (ways.every((way) => way.length < 2))
    throw inputError('no layer can be built in another way: nothing to optimize');

  const points = tradeOff(await measureOptions(search, start, ways, question, evaluate, images.search));
  const candidates = thinned(
    points.map((options) => candidateOf(options.map((option, layer) => ways[layer]![option]!))),
    costOf,
    costOf(start),
  );
  const output = reference.outputs[0]!;
  const noiseIn = (measured: Measured): number => noiseOf(measured, output);
  const graphs = [start, ...candidates].map(({ graph }) => graph);
  const measured = await evaluate(graphs, images.search, 'Choosing');
  const top1 = measured.configurations.map((one) => scoresOf(measured, one).top1);
  const limit = top1[0]! - question.maxDrop - 1e-12;
  const noiseLimit = allowedNoise(
    noiseIn(measured.configurations[0]!),
    scoresOf(measured, measured.reference).top1 - top1[0]!,
    question.maxDrop,
    measured.labels.length,
  );
  const smooth = neverRising(top1.slice(1));
  const isGood = (score: number, one: Measured): boolean => score >= limit && noiseIn(one) <= noiseLimit;
  const good = candidates.map(
    (candidate, i) =>
      costOf(candidate) < costOf(start) &&
      smooth[i]! >= limit &&
      isGood(top1[i + 1]!, measured.configurations[i + 1]!),
  );
  const last = good.lastIndexOf(true);
  let chosen = last < 0 ? start : candidates[last]!;

  const next = candidates[last + 1];
  if (next !== undefined && last >= 0) {
    const repaired = next.choices
      .flatMap((choice, i) =>
        sameSettings(choice, chosen.choices[i]!)
          ? []
          : [candidateOf(next.choices.with(i, chosen.choices[i]!))],
      )
      .filter((candidate) => costOf(candidate) < costOf(chosen))
      .sort((a, b) => costOf(a) - costOf(b));
    if (repaired.length > 0) {
      const result = await evaluate(
        repaired.map(({ graph }) => graph),
        images.search,
        'Repairing',
      );
      const found = repaired.findIndex((_, i) => {
        const one = result.configurations[i]!;
        return isGood(scoresOf(result, one).top1, one);
      });
      if (found >= 0) chosen = repaired[found]!;
    }
  }

  const all = [start, ...candidates, chosen];
  const inSearch = await evaluate([chosen.graph], images.search, 'Measuring');
  const verified = await evaluate(
    all.map(({ graph }) => graph),
    images.heldBack,
    'Verifying',
  );
  const pointOf = (i: number, searched: SearchResult, position: number): TradePoint => ({
    cost: all[i]!.cost,
    saving: 1 - costOf(all[i]!) / costOf(start),
    search: scores(searched, searched.configurations[position]!, output),
    held_back: scores(verified, verified.configurations[i]!, output),
  });
  const results: OptimizeResults = {
    schema: 'qpann.optimize/1',
    numerics: search.numerics,
    max_drop: question.maxDrop,
    cost: question.cost,
    samples: { search: measured.labels.length, held_back: verified.labels.length },
    reference: {
      search: scoresOf(measured, measured.reference).top1,
      held_back: scoresOf(verified, verified.reference).top1,
    },
    base: pointOf(0, measured, 0),
    chosen: pointOf(all.length - 1, inSearch, 0),
    recreation: chosen.recreation.resolved,
    changes: changesOf(start, chosen),
    verification: verify(
      verified,
      verified.configurations[0]!,
      verified.configurations.at(-1)!,
      question.maxDrop,
    ),
    points: candidates.map((_, i) => pointOf(i + 1, measured, i + 1)),
  };
  return { results, recreation: chosen.recreation };
}

/** Noise power at the output, as a share of the signal. */
function noiseOf({ sqnr }: Measured, output: string): number {
  const { aggregateDb } = sqnr.get(output)!;
  return aggregateDb === null ? 0 : 10 ** (-aggregateDb / 10);
}

/**
 * How much noise a drop allows. Accuracy of a few images says little, noise much: the base's own drop against the Reference
 * comes of its own noise, and a little more of both is taken to be in proportion. A drop too small to be seen counts as
 * that of half an image.
 */
export const allowedNoise = (baseNoise: number, baseDrop: number, maxDrop: number, images: number): number =>
  baseNoise * (1 + maxDrop / Math.max(baseDrop, 0.5 / images));

/** Cost and noise of every way to build every layer. */
async function measureOptions(
  search: SearchNetwork,
  start: Candidate,
  ways: readonly (readonly ChosenSettings[])[],
  { cost, machine }: OptimizeQuestion,
  evaluate: Evaluate,
  images: readonly LabelledImage[],
) {
  const { layers, reference } = search.basis;
  const graphOf = (choices: readonly ChosenSettings[]): Graph =>
    modelOf(search, recreationOf(layers, choices)).graph;
  const alone = ways.map((way) => (way.length < 2 ? [] : way.map((choice) => graphOf([choice]))));
  const result = await evaluate(alone.flat(), images.slice(0, SENSITIVITY_IMAGES), 'Measuring sensitivity');
  let position = 0;
  return ways.map((way, layer) => {
    if (way.length < 2) return [{ cost: 0, noise: 0 }];
    return way.map((choice) => {
      const measured = result.configurations[position++]!;
      const whole = graphOf(start.choices.with(layer, choice));
      return {
        cost: costIn(configurationCost(whole, machine), cost),
        noise: noiseOf(measured, reference.outputs[0]!),
      };
    });
  });
}

/** Points that are cheaper than the base, some way apart, the cheapest included. */
function thinned(
  candidates: readonly Candidate[],
  costOf: (candidate: Candidate) => number,
  baseCost: number,
): Candidate[] {
  const kept: Candidate[] = [];
  candidates.forEach((candidate, i) => {
    const cost = costOf(candidate);
    const last = kept.length === 0 ? baseCost : costOf(kept.at(-1)!);
    const isLast = i === candidates.length - 1 && cost < last;
    if (cost < baseCost && (last - cost >= SPACING * baseCost || isLast)) kept.push(candidate);
  });
  return kept;
}

const sameSettings = (a: ChosenSettings, b: ChosenSettings): boolean =>
  JSON.stringify(a.settings) === JSON.stringify(b.settings);

function changesOf(from: Candidate, to: Candidate): OptimizeResults['changes'] {
  return to.choices.flatMap(({ layer, settings }, i) => {
    const before = from.choices[i]!.settings as Readonly<Record<string, unknown>>;
    const changed = Object.entries(settings).filter(([key, value]) => before[key] !== value);
    if (changed.length === 0) return [];
    const { index, name, className } = layer;
    return [{ index, layer: name, class: className, changed: Object.fromEntries(changed) }];
  });
}
