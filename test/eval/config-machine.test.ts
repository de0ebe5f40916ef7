import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadMachine, SHIPPED_MACHINES } from '../../src/eval/index.js';
import { assert, test } from '../harness.js';
import { messageOf, withFiles } from './config-files.js';

const FOLDER = fileURLToPath(new URL('../../machines', import.meta.url));
const VALID = {
  name: 'mine',
  clock_hz: 1e8,
  macs: [{ weight_bits: 32, activation_bits: 32, macs_per_cycle: 1 }],
  bandwidth: { weights: 1, activations: 8 },
};

test('every machine file that comes along has a name, and says what it assumes', async () => {
  assert.equal(
    readdirSync(FOLDER).sort(),
    SHIPPED_MACHINES.map((name) => `${name}.json`),
  );
  for (const name of SHIPPED_MACHINES) {
    const machine = await loadMachine(name);
    assert.ok(machine.assumptions.length > 0);
    assert.equal(await loadMachine(join(FOLDER, `${name}.json`)), machine);
  }
});

test('a machine of your own, also as YAML', () =>
  withFiles({ 'm.json': JSON.stringify(VALID), 'm.yaml': JSON.stringify(VALID) }, async (folder) => {
    for (const file of ['m.json', 'm.yaml'])
      assert.equal(await loadMachine(join(folder, file)), { ...VALID, assumptions: [] });
  }));

test('what does not fit is refused in one line', async () => {
  for (const [changes, message] of [
    [{ macs: [] }, /^m\.json: macs: expected a list of .* one of them for float/],
    [{ macs: [{ weight_bits: 8, activation_bits: 8, macs_per_cycle: 1 }] }, /one of them for float/],
    [{ clock_hz: 0 }, /^m\.json: clock_hz: expected a finite number above 0, got 0$/],
    [{ bandwidth: { weights: 1 } }, /^m\.json: bandwidth\.activations is missing/],
    [{ clok_hz: 1 }, /^unknown key 'clok_hz' in m\.json: did you mean 'clock_hz'\?$/],
    [{ macs: [{ ...VALID.macs[0], macs_per_cycle: -1 }] }, /^m\.json: macs\[0\]\.macs_per_cycle: expected/],
  ] as const)
    await withFiles({ 'm.json': JSON.stringify({ ...VALID, ...changes }) }, async (folder) =>
      assert.match(await messageOf(folder, loadMachine(join(folder, 'm.json'))), message),
    );
});
