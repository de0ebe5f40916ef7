import type { StoredRun } from '../../eval/stored/index.js';
import { counted, grouped } from '../text.js';
import { html, type Markup, nameOf } from './markup.js';

/** What was run, so that it can be repeated. */
export function settingsSection(runs: readonly StoredRun[]): Markup {
  return html`<section id="settings" aria-labelledby="settings-title">
<h2 id="settings-title">What was run</h2>
${runs.map((run) => settings(run, runs.length > 1))}
</section>`;
}

function settings({ name, network, recreation, results }: StoredRun, hasName: boolean): Markup {
  const { samples, calibration, numerics, cost, probe, machine } = results;
  const facts: readonly (readonly [string, string])[] = [
    ['Network', network.model_file],
    ...(network.tflite_file === null ? [] : [['TFLite model', network.tflite_file] as const]),
    ['Images', `${grouped(samples)} of ${network.validation_samples}`],
    ['Calibration', `${counted(calibration.samples, 'image')}, ${calibration.method}`],
    ['Integer arithmetic', numerics],
    [
      'Probe',
      `ranges, histograms, clip rates and local SQNR are of the first ${counted(probe.samples, 'image')}, accumulators of ${probe.accumulator_samples}`,
    ],
    ...costFacts(cost),
    ...(machine === undefined
      ? []
      : [['Machine', `${machine.name}: ${machine.assumptions.join('; ')}`] as const]),
  ];
  return html`${hasName && html`<h3>${nameOf(name)}</h3>`}
<dl class="facts">${facts.map(([term, value]) => html`<div><dt>${term}</dt><dd>${nameOf(value)}</dd></div>`)}</dl>
<details><summary>recreation.json</summary><pre tabindex="0">${pretty(recreation)}</pre></details>
<details><summary>network.json</summary><pre tabindex="0">${pretty(network)}</pre></details>`;
}

function costFacts(cost: StoredRun['results']['cost']) {
  return [
    ['Work for one image', `${grouped(cost.macs)} MACs, ${grouped(cost.bit_operations)} bit-operations`],
    [
      'Memory',
      `${grouped(cost.weight_bytes + cost.bias_bytes + cost.requantization_bytes)} bytes of parameters, ${grouped(cost.peak_activation_bytes)} of activations at the peak`,
    ],
    ...(cost.cycles === undefined ? [] : [['Roofline estimate', `${grouped(cost.cycles)} cycles`] as const]),
  ] as const;
}

/** JSON with its lines, which `printable` would join. */
const pretty = (value: unknown): Markup =>
  html`${JSON.stringify(value, null, 2)
    .split('\n')
    .map((line) => html`${line}\n`)}`;
