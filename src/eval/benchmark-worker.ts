import { workerData } from 'piscina';
import type { TensorData } from '../core/index.js';
import { type Model, openPlace, type Program } from '../engine/index.js';

const { program, places } = workerData as { readonly program: Program; readonly places: Int32Array };
let model: Model | undefined;

/** Runs the program's first graph again and again in a place of this thread's own. */
export function runOften({ runs, input }: { readonly runs: number; readonly input: TensorData }): void {
  model ??= openPlace(program, Atomics.add(places, 0, 1)).samples[0]![0]!;
  for (let run = 0; run < runs; run++) model.run([input]);
}
