import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, jsonForScript, type Markup, nameOf, raw } from './markup.js';

/** A page that needs nothing but itself. */
export interface Page {
  readonly title: string;
  readonly subtitle: string;
  /** Sections by their id, with the words of the menu. */
  readonly sections: readonly { readonly id: string; readonly name: string; readonly content: Markup }[];
  /** What the scripts read. */
  readonly data: unknown;
  /** Names of the scripts to run, in order: files of `assets/report`. */
  readonly scripts: readonly string[];
}

const asset = (name: string): string =>
  readFileSync(new URL(`../../../assets/report/${name}`, import.meta.url), 'utf8').trimEnd();

/** Styles of every page, in their order. */
const STYLES = ['base.css', 'parts.css', 'sections.css', 'media.css'];

/**
 * Writes a page as one file. Its content security policy lets it load nothing and run no script but its own, so that
 * names and labels can never be executed.
 */
export function pageHtml({ title, subtitle, sections, data, scripts }: Page): string {
  const sources = scripts.map(asset);
  const policy = [
    "default-src 'none'",
    'img-src data:',
    "style-src 'unsafe-inline'",
    `script-src ${sources.map((source) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const { markup } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${raw(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}: QPANN report</title>
<style>
${STYLES.map((name) => html`${raw(asset(name))}\n`)}
</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header><p class="brand">QPANN report</p><h1>${nameOf(title)}</h1><p class="subtitle">${subtitle}</p></header>
<nav aria-label="Sections"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
<main id="main" tabindex="-1">
${sections.map(({ content }) => html`${content}\n`)}</main>
<aside id="card" class="card" role="dialog" aria-labelledby="card-title" hidden></aside>
<div id="tip" class="tip" hidden></div>
<script type="application/json" id="data">${raw(jsonForScript(data))}</script>
${sources.map((source) => html`<script>${raw(source)}</script>\n`)}</body>
</html>
`;
  return markup;
}
