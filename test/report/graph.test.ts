import { QpannError } from '../../src/core/index.js';
import type { LayerGraph } from '../../src/eval/index.js';
import { sqnrDot, sqnrSvg } from '../../src/report/index.js';
import { assert, test } from '../harness.js';

const HOSTILE = '<script>alert("\\N&amp;")</script>\n\u202e\x1b[31m\\';

const graph: LayerGraph = {
  nodes: [
    { id: 'x', index: 0, name: 'input', className: 'InputLayer', merged: [], replaced: false },
    { id: 'conv"', index: 1, name: 'Conv1', className: 'Conv2D', merged: ['bn', 'relu'], replaced: true },
    { id: 'add', index: 4, name: 'add', className: 'Add', merged: [], replaced: false },
    { id: 'out', index: 5, name: HOSTILE, className: 'Softmax', merged: [], replaced: false },
  ],
  edges: [
    { from: 'x', to: 'conv"', sqnrDb: null, identical: true },
    { from: 'conv"', to: 'add', sqnrDb: 31.416, identical: false },
    { from: 'x', to: 'add', sqnrDb: null, identical: false },
    { from: 'add', to: 'out', sqnrDb: -0.001, identical: false },
  ],
};
const title = { network: 'net <1> "\\"', model: 'recreated' } as const;

test('layers are vertices, replaced ones red, and edges carry the SQNR', () => {
  const lines = sqnrDot(graph, title).split('\n');
  assert.is(lines[0], 'digraph "net <1> \\"&#92;\\": SQNR of the Recreated model" {');
  assert.equal(lines.slice(7), [
    '  n0 [label="0  input\\nInputLayer"]',
    '  n1 [label="1  Conv1\\nConv2D\\n+ bn\\n+ relu", fillcolor="#b71c1c", color="#7f1010", fontcolor=white]',
    '  n2 [label="4  add\\nAdd"]',
    '  n3 [label="5  <script>alert(\\"\\\\N&amp;amp;\\")</script> \\\\\\nSoftmax"]',
    '  n0 -> n1 [label="  ∞ ", color="#6b7280", fontcolor="#6b7280", penwidth=0.8, style=dashed]',
    '  n1 -> n2 [label="  31.42 dB ", color="#4b5563", fontcolor="#4b5563", penwidth=1]',
    '  n0 -> n2 [label="  no signal ", color="#b00020", fontcolor="#b00020", penwidth=4]',
    '  n2 -> n3 [label="  0.00 dB ", color="#b00020", fontcolor="#b00020", penwidth=4]',
    '}',
    '',
  ]);
});

test('an edge to nowhere is an error', () => {
  const edges = [{ from: 'x', to: 'y', sqnrDb: 1, identical: false }];
  assert.throws(() => sqnrDot({ ...graph, edges }, title), /no node y/);
});

test('the picture holds every name, escaped, and refers to nothing outside', async () => {
  const dot = sqnrDot(graph, title);
  const svg = await sqnrSvg(dot);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text!.replaceAll('&#160;', ' '),
  );
  for (const text of ['0  input', '1  Conv1', '+ bn', '+ relu', '4  add', '  ∞ ', '  no signal ']) {
    assert.ok(texts.includes(text), text);
  }
  assert.ok(texts.includes('5  &lt;script&gt;alert(&quot;\\N&amp;amp;&quot;)&lt;/script&gt; \\'));
  assert.match(
    svg,
    /<svg[^>]*>\n<title>net &lt;1&gt; &quot;&#92;&quot;: SQNR of the Recreated model<\/title>/,
  );
  assert.not.match(svg, /<script|<!DOCTYPE|<!--|href=|url\(|<image|\u202e/u);
  assert.not.ok(svg.includes('\x1b'));
  assert.equal(unbalanced(svg), []);
  assert.is(await sqnrSvg(dot), svg);
});

test('a graph that cannot be drawn is a failure that says so', async () => {
  try {
    await sqnrSvg('digraph {');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, QpannError);
    assert.is((error as QpannError).kind, 'failure');
    assert.match((error as QpannError).message, /^the SQNR graph cannot be drawn \(/);
  }
});

/** Elements that are not closed where they should be. */
function unbalanced(xml: string): readonly string[] {
  const open: string[] = [];
  for (const [, close, name, empty] of xml.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)) {
    if (empty === '/') continue;
    if (close === '') open.push(name!);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}
