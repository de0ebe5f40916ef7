// Writes what is generated in the repository from the built QPANN: the demo's table in README.md, the picture above it and
// docs/operators.md. `npm run generated` only checks that they are current.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  assembleResults,
  evaluate,
  layerGraph,
  loadNetworkConfig,
  loadRecreationConfig,
  OPS,
  prepareEvaluation,
  sqnrDot,
  sqnrSvg,
  summary,
} from '../dist/index.js';

const check = process.argv.includes('--check');
const pathOf = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

const { results, graph } = await runDemo();
const title = { network: 'part of the demo', model: 'recreated' };
const table = summary(results, { network: 'model.h5' }).trimEnd();
put('README.md', withBlock(readFileSync(pathOf('README.md'), 'utf8'), 'demo', `\`\`\`text\n${table}\n\`\`\``));
put('docs/demo-sqnr.svg', await sqnrSvg(sqnrDot(part(graph, 7, 26), title)));
put('docs/operators.md', operatorTable());

async function runDemo() {
  const network = await loadNetworkConfig(pathOf('fixtures/demo/network.yaml'));
  const { entries } = await loadRecreationConfig(pathOf('fixtures/demo/recreation.yaml'));
  const evaluation = await prepareEvaluation(network, entries);
  const demoResults = assembleResults(evaluation, await evaluate(evaluation, false, () => {}));
  const { graphs, layers } = evaluation;
  const rows = demoResults.sqnr.recreated.tensors;
  return { results: demoResults, graph: layerGraph(graphs.reference, graphs.recreated, layers, rows) };
}

/** The layers from one index to another, and the tensors between them. */
function part({ nodes, edges }, first, last) {
  const chosen = nodes.filter(({ index }) => index >= first && index <= last);
  const ids = new Set(chosen.map(({ id }) => id));
  return { nodes: chosen, edges: edges.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function withBlock(text, name, content) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  if (!text.includes(start) || !text.includes(end)) throw new Error(`no ${start} … ${end}`);
  const before = text.slice(0, text.indexOf(start) + start.length);
  return `${before}\n${content}\n${text.slice(text.indexOf(end))}`;
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
  if (!check) return writeFileSync(pathOf(file), content);
  let current = '';
  try {
    current = readFileSync(pathOf(file), 'utf8');
  } catch {}
  if (current === content) return;
  console.error(`${file} is not current: run \`npm run generate\` and commit it`);
  process.exitCode = 1;
}
