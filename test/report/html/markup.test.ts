import { html, jsonForScript, nameOf } from '../../../src/report/html/markup.js';
import { assert, test } from '../../harness.js';
import { HOSTILE } from './runs.js';

test('values in a template are text unless they are markup', () => {
  const inner = html`<b>${'<i>'}</b>`;
  assert.is(
    html`<p title="${'"x"'}">${inner}${[1, 'a&b', null, false]}${undefined}</p>`.markup,
    '<p title="&quot;x&quot;"><b>&lt;i&gt;</b>1a&amp;b</p>',
  );
  assert.is(nameOf("a'\u202eb").markup, '<bdi>a&#39;b</bdi>');
});

test('JSON in a script cannot end the script and is the same value', () => {
  const value = { [HOSTILE]: [HOSTILE, '<!--', ']]>', '\u2028\u2029'] };
  const json = jsonForScript(value);
  assert.not.match(json, /[<>\u2028\u2029]/);
  assert.equal(JSON.parse(json), value);
});
