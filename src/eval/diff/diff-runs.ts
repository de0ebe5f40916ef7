import { mcnemarExact } from '../../core/index.js';
import { paired } from '../flips.js';
import type { ModelName } from '../results.js';
import { requireSameQuestion, type StoredRun, type StoredTensor } from '../stored/index.js';
import { type Change, changes } from './changes.js';

/** One model in two runs; fractions of the samples. */
export interface ModelChange {
  readonly top1: { readonly a: number; readonly b: number };
  readonly top5: { readonly a: number; readonly b: number };
  readonly agreement: { readonly a: number; readonly b: number };
  readonly output_db: { readonly a: number | null; readonly b: number | null };
  /** Images that only A has right, and that only B has right. */
  readonly lost: number;
  readonly won: number;
  /** McNemar's exact test of the two. */
  readonly p: number;
}

/** A tensor of the Recreated model whose SQNR differs. */
export interface SqnrChange {
  readonly index: number;
  readonly layer: string;
  readonly tensor: string;
  /** Null without noise (then identical) or without signal. */
  readonly a_db: number | null;
  readonly b_db: number | null;
  readonly a_identical: boolean;
  readonly b_identical: boolean;
  /** B less A; null where one of them has no finite SQNR. */
  readonly change_db: number | null;
}

/** An image on which the Recreated model says another class in B. */
export interface Flip {
  readonly file: string;
  readonly label: number;
  /** First class in each run. */
  readonly a: number;
  readonly b: number;
  readonly kind: 'lost' | 'won' | 'other';
}

/** What changed from run A to run B. */
export interface RunDiff {
  readonly schema: 'qpann.diff/1';
  readonly a: string;
  readonly b: string;
  readonly samples: number;
  readonly configs: readonly Change[];
  readonly models: Readonly<Record<Exclude<ModelName, 'reference'>, ModelChange>>;
  readonly sqnr: {
    /** Tensors that both Recreated models have. */
    readonly compared: number;
    readonly changed: readonly SqnrChange[];
    readonly only_a: readonly string[];
    readonly only_b: readonly string[];
  };
  readonly flips: readonly Flip[];
}

/**
 * Compares two runs of one network on the same images.
 * @throws QpannError if they are of different networks or images
 */
export function diffRuns(a: StoredRun, b: StoredRun): RunDiff {
  requireSameQuestion([a, b]);
  const tensorsOfA = a.results.sqnr.recreated.tensors;
  const tensorsOfB = new Map(b.results.sqnr.recreated.tensors.map((row) => [row.tensor, row]));
  const names = new Set(tensorsOfA.map(({ tensor }) => tensor));
  const pairs = tensorsOfA.flatMap((row) => {
    const other = tensorsOfB.get(row.tensor);
    return other === undefined ? [] : [[row, other] as const];
  });
  return {
    schema: 'qpann.diff/1',
    a: a.folder,
    b: b.folder,
    samples: a.samples.length,
    configs: [
      ...changes('recreation', a.recreation, b.recreation),
      ...changes('network', a.network, b.network),
      ...changes('numerics', a.results.numerics, b.results.numerics),
      ...changes('calibration', a.results.calibration, b.results.calibration),
    ],
    models: { tflite: modelChange(a, b, 'tflite'), recreated: modelChange(a, b, 'recreated') },
    sqnr: {
      compared: pairs.length,
      changed: pairs.flatMap(([row, other]) => sqnrChange(row, other)),
      only_a: tensorsOfA.filter(({ tensor }) => !tensorsOfB.has(tensor)).map(({ tensor }) => tensor),
      only_b: [...tensorsOfB.keys()].filter((tensor) => !names.has(tensor)),
    },
    flips: flips(a, b),
  };
}

function modelChange(a: StoredRun, b: StoredRun, model: 'tflite' | 'recreated'): ModelChange {
  const [ofA, ofB] = [a, b].map(({ samples }) => samples.map(({ predictions }) => predictions[model]));
  const labels = a.samples.map(({ label }) => label);
  const { lost, won } = paired(labels, ofA!, ofB!);
  const both = (of: (run: StoredRun) => number): { a: number; b: number } => ({ a: of(a), b: of(b) });
  return {
    top1: both(({ results }) => results.models[model].top1),
    top5: both(({ results }) => results.models[model].top5),
    agreement: both(({ results }) => results.agreement[`${model}_top1`]),
    output_db: { a: a.results.sqnr[model].output_db, b: b.results.sqnr[model].output_db },
    lost,
    won,
    p: mcnemarExact(lost, won),
  };
}

function sqnrChange(a: StoredTensor, b: StoredTensor): readonly SqnrChange[] {
  if (a.sqnr_db === b.sqnr_db && a.identical === b.identical) return [];
  return [
    {
      index: a.index,
      layer: a.layer,
      tensor: a.tensor,
      a_db: a.sqnr_db,
      b_db: b.sqnr_db,
      a_identical: a.identical,
      b_identical: b.identical,
      change_db: a.sqnr_db === null || b.sqnr_db === null ? null : b.sqnr_db - a.sqnr_db,
    },
  ];
}

function flips(a: StoredRun, b: StoredRun): readonly Flip[] {
  return a.samples.flatMap(({ file, label, predictions }, i): Flip[] => {
    const before = predictions.recreated.top[0] ?? -1;
    const after = b.samples[i]!.predictions.recreated.top[0] ?? -1;
    if (before === after) return [];
    const kind = before === label ? 'lost' : after === label ? 'won' : 'other';
    return [{ file, label, a: before, b: after, kind }];
  });
}
