import { type Graph, inputError, mcnemarExact } from '../core/index.js';
import type { LabelledImage, RecreationConfig, ResolvedEntry } from '../eval/index.js';
import type { Measured, SearchResult } from './evaluate.js';
import { type ChosenSettings, type LayerSettings, recreationOf, settingsOf } from './layer-settings.js';
import { graphsOf, modelOf, type SearchNetwork } from './network.js';
import { scoresOf } from './sweep.js';

/** One setting of the thesis. Fractions are of the samples. */
export interface StudyRow {
  /** `A` to `G`, `First half`, `Second half`. */
  readonly setting: string;
  readonly what: string;
  readonly output_sqnr_db: number | null;
  readonly top1: number;
  readonly top5: number;
  /** Same first class as the Reference. */
  readonly agreement: number;
  readonly recreation: readonly ResolvedEntry[];
}

/** Two settings of which the thesis expects that the first does better. */
export interface Hypothesis {
  readonly better: string;
  readonly worse: string;
  readonly because: string;
  readonly top1_difference: number;
  /** Null where one of the two has no noise. */
  readonly sqnr_difference_db: number | null;
  /** Images that only the one, and only the other has right; McNemar's exact test of them. */
  readonly only_better: number;
  readonly only_worse: number;
  readonly p_value: number;
}

/** `study.json`: the same bytes for the same inputs. */
export interface StudyResults {
  readonly schema: 'qpann.study/1';
  readonly study: 'thesis';
  readonly numerics: string;
  readonly samples: number;
  readonly reference: { readonly top1: number; readonly top5: number };
  /** Layers with the highest and the lowest SQNR in setting A, and that SQNR. */
  readonly high: readonly StudiedLayer[];
  readonly low: readonly StudiedLayer[];
  readonly rows: readonly StudyRow[];
  readonly hypotheses: readonly Hypothesis[];
  readonly skipped: readonly string[];
}

export interface StudiedLayer {
  readonly index: number;
  readonly layer: string;
  readonly sqnr_db: number;
}

/** The layers that the thesis changes. */
const STUDIED_CLASS = 'conv2d';
const FIVE = 5;

/** Evaluates graphs, with SQNR as the mean over activations. */
export type StudyEvaluate = (
  graphs: readonly Graph[],
  images: readonly LabelledImage[],
  what: string,
) => Promise<SearchResult>;

/**
 * The convolutions of a network as the thesis quantizes them.
 * @throws QpannError if there are fewer than four
 */
export function studiedLayers(search: SearchNetwork): ChosenSettings[] {
  const { reference, layers } = search.basis;
  const entry = { name: STUDIED_CLASS, all: true };
  const config = { entries: [entry], resolved: [entry] };
  const chosen = settingsOf(reference, layers, config, modelOf(search, config));
  if (chosen.length < 4)
    throw inputError(`the study changes Conv2D layers: the network has ${chosen.length}, and needs four`);
  return chosen;
}

/**
 * Repeats chapter 5 of the thesis with another network: settings A to G (table 5.2) and the two halves (table 5.3). High and low
 * are the five convolutions with the highest and the lowest SQNR (4.3) of their outputs in setting A, or as many as make
 * two groups.
 */
export async function studyThesis(search: SearchNetwork, evaluate: StudyEvaluate): Promise<StudyResults> {
  const { layers, reference } = search.basis;
  const all = studiedLayers(search);
  const configOf = (choices: readonly ChosenSettings[]): RecreationConfig => recreationOf(layers, choices);
  const setA = configOf(all);
  const modelA = modelOf(search, setA);
  const first = await evaluate([modelA.graph], search.images, 'Setting A');
  const ranked = rank(all, modelA.graph, first.configurations[0]!);
  const count = Math.min(FIVE, all.length >> 1);
  const [low, high] = [ranked.slice(0, count), ranked.slice(-count).reverse()];
  const isOf = (group: typeof ranked) => (choice: ChosenSettings) =>
    group.some((one) => one.choice === choice);
  const without = (group: typeof ranked) => configOf(all.filter((choice) => !isOf(group)(choice)));
  const but = (group: typeof ranked, values: Partial<LayerSettings>) =>
    configOf(
      all.map((choice) =>
        isOf(group)(choice) ? { ...choice, settings: { ...choice.settings, ...values } } : choice,
      ),
    );
  const half = Math.ceil(all.length / 2);
  const words = { 5: 'five', 4: 'four', 3: 'three', 2: 'two' }[count];
  const settings: readonly (readonly [string, string, RecreationConfig])[] = [
    ['A', 'all Conv2D layers quantized', setA],
    ['B', `${words} high layers in float`, without(high)],
    ['C', `${words} low layers in float`, without(low)],
    ['D', `${words} high layers per tensor`, but(high, { per_channel_quantization: false })],
    ['E', `${words} low layers per tensor`, but(low, { per_channel_quantization: false })],
    ['F', `${words} high layers truncate`, but(high, { rounding_div: false })],
    ['G', `${words} low layers truncate`, but(low, { rounding_div: false })],
    ['First half', `the first ${half} quantized`, configOf(all.slice(0, half))],
    ['Second half', `the other ${all.length - half} quantized`, configOf(all.slice(half))],
  ];
  const graphs = graphsOf(
    search,
    settings.map(([label, , recreation]) => ({ label, recreation })),
  );
  const result = await evaluate(graphs, search.images, 'Settings A to G');
  const output = reference.outputs[0]!;
  const rows = settings.map(([setting, what, { resolved }], i): StudyRow => {
    const measured = result.configurations[i]!;
    return {
      setting,
      what,
      output_sqnr_db: measured.sqnr.get(output)?.sqnrDb ?? null,
      ...scoresOf(result, measured),
      recreation: resolved,
    };
  });
  const position = (name: string): number => rows.findIndex(({ setting }) => setting === name);
  const expected = (better: string, worse: string, because: string): Hypothesis =>
    compare(result, rows, position(better), position(worse), because);
  const { top1, top5 } = scoresOf(result, result.reference);
  const shown = ({ choice: { layer }, sqnrDb }: (typeof ranked)[0]): StudiedLayer => ({
    index: layer.index,
    layer: layer.name,
    sqnr_db: sqnrDb,
  });
  return {
    schema: 'qpann.study/1',
    study: 'thesis',
    numerics: search.numerics,
    samples: result.labels.length,
    reference: { top1, top5 },
    high: high.map(shown),
    low: low.map(shown),
    rows,
    hypotheses: [
      expected('C', 'B', 'float helps more where SQNR is low'),
      expected('D', 'E', 'one scale per tensor hurts more where SQNR is low'),
      expected('F', 'G', 'truncation hurts more where SQNR is low'),
      expected('First half', 'Second half', 'the second half is more sensitive'),
    ],
    skipped: result.skipped,
  };
}

/** Layers by rising SQNR of what they write; those without noise, which say nothing, are left out. */
function rank(choices: readonly ChosenSettings[], graph: Graph, { sqnr }: Measured) {
  return choices
    .flatMap((choice) => {
      const node = graph.nodes.find(({ source }) => source?.index === choice.layer.index);
      const sqnrDb = node && sqnr.get(node.outputs[0]!)?.sqnrDb;
      return sqnrDb === undefined || sqnrDb === null ? [] : [{ choice, sqnrDb }];
    })
    .sort((a, b) => a.sqnrDb - b.sqnrDb);
}

function compare(
  { labels, configurations }: SearchResult,
  rows: readonly StudyRow[],
  better: number,
  worse: number,
  because: string,
): Hypothesis {
  const [one, other] = [configurations[better]!, configurations[worse]!];
  const right = ({ first }: Measured, i: number): boolean => first[i] === labels[i];
  const count = (a: Measured, b: Measured): number =>
    labels.filter((_, i) => right(a, i) && !right(b, i)).length;
  const [only_better, only_worse] = [count(one, other), count(other, one)];
  const [a, b] = [rows[better]!, rows[worse]!];
  return {
    better: a.setting,
    worse: b.setting,
    because,
    top1_difference: a.top1 - b.top1,
    sqnr_difference_db:
      a.output_sqnr_db === null || b.output_sqnr_db === null ? null : a.output_sqnr_db - b.output_sqnr_db,
    only_better,
    only_worse,
    p_value: mcnemarExact(only_better, only_worse),
  };
}
