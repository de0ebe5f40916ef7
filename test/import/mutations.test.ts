import { assert, test } from '../harness.js';
import { runMutations } from './mutations/supervise.js';

test('damaged files give a network that runs or one line that refuses them, soon and in little memory', async () => {
  const { counts, failures } = await runMutations({ mutations: 30, from: 1, file: '', cases: 4, parts: 2 });
  assert.is(failures.length, 0, failures.slice(0, 5).join('\n\n'));
  const { refused, imported, ran } = counts;
  assert.ok(refused > 3000 && ran > 800 && refused + imported + ran > 6000, JSON.stringify(counts));
});
