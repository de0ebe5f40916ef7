import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runMutations } from './supervise.js';

// Usage: npm run fuzz -- [--mutations N] [--from SEED] [--file PART_OF_NAME] [--cases N] [--processes N] [--out DIR]
// Damages every file N times and reports what is neither refused in one line nor imported. A failure is repeated with
// its own --file and --from, and --mutations 1. --out writes what ran, for tools/oracle/mutations.py.
const { values } = parseArgs({
  options: {
    mutations: { type: 'string', default: '400' },
    from: { type: 'string', default: '1000000' },
    file: { type: 'string', default: '' },
    cases: { type: 'string', default: '4' },
    out: { type: 'string' },
    processes: { type: 'string', default: '1' },
  },
});
if (values.out !== undefined) mkdirSync(values.out, { recursive: true });
const { counts, failures } = await runMutations({
  mutations: Number(values.mutations),
  from: Number(values.from),
  file: values.file,
  cases: Number(values.cases),
  ...(values.out !== undefined && { out: values.out }),
  parts: Number(values.processes),
});
for (const failure of failures) console.log(failure);
console.log(
  `${counts.refused} refused, ${counts.imported} imported, ${counts.ran} imported and run, ${failures.length} failures`,
);
if (failures.length > 0) process.exitCode = 1;
