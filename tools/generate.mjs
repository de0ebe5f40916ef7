// Writes what is generated in the repository from the built QPANN: the demo's table in README.md, the demo's SQNR graph and
// docs/operators.md. `npm run generated` only checks that they are current.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPS } from '../dist/ops/index.js';

const check = process.argv.includes('--check');
const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'qpann-'));
const out = join(scratch, 'demo');

try {
  const main = join(root, 'dist/cli/main.js');
  const printed = execFileSync('node', [main, 'eval', '--quiet', '--out', out], { encoding: 'utf8' });
  const table = printed.slice(0, printed.indexOf('\nWritten to')).trimEnd();
  put('README.md', withBlock(readFileSync(join(root, 'README.md'), 'utf8'), 'demo', `\`\`\`text\n${table}\n\`\`\``));
  put('docs/demo-sqnr.svg', readFileSync(join(out, 'sqnr.svg'), 'utf8'));
  put('docs/operators.md', operatorTable());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function withBlock(text, name, content) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`no ${start} … ${end}`);
  const after = text.slice(text.indexOf(end));
  return `${text.slice(0, text.indexOf(start) + start.length)}\n${content}\n${after}`;
}

function operatorTable() {
  const rows = Object.values(OPS).map(({ name, kernels, quantization: rules }) => {
    const output = rules === undefined ? '–' : typeof rules.output === 'string' ? rules.output : 'fixed';
    const weights = rules?.weights ? (rules.weights.perChannel ? 'per channel' : 'per tensor') : '–';
    const cells = [name, Object.keys(kernels).join(', '), output, weights, (rules?.flags ?? []).join(', ') || '–'];
    return `| ${cells.join(' | ')} |`;
  });
  return `# Operators

Made by \`npm run generate\` from \`src/ops\`. A recreation config may set the hyper-parameters of the last column.

| operator | reference kernels for inputs of | output parameters | weights by default | hyper-parameters |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function put(file, content) {
  const path = join(root, file);
  if (!check) return writeFileSync(path, content);
  let current = '';
  try {
    current = readFileSync(path, 'utf8');
  } catch {}
  if (current === content) return;
  console.error(`${file} is not current: run \`npm run generate\` and commit it`);
  process.exitCode = 1;
}
