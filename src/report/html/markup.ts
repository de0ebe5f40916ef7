import { printable } from '../text.js';

/** HTML that may stand in a page as it is. */
export interface Markup {
  readonly markup: string;
}

/** What a template takes: text, which is escaped; markup, which is not; nothing; or lists of these. */
export type Content = string | number | Markup | null | undefined | false | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for any place in HTML where text may stand, attributes in quotes among them. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Markup that is known to be safe. */
export const raw = (markup: string): Markup => ({ markup });

/** A template of HTML: values that are not markup themselves are shown, whatever they hold. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return raw(parts.map((part, i) => part + (i < values.length ? render(values[i]) : '')).join(''));
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  return 'markup' in content ? content.markup : content.map(render).join('');
}

/** A name from a file, kept apart from the direction of the text around it. */
export const nameOf = (text: string): Markup => html`<bdi>${text}</bdi>`;

/** A value as JSON that may stand in a script element: nothing in it can end the element. */
export const jsonForScript = (value: unknown): string =>
  JSON.stringify(value).replace(/[<>\u2028\u2029]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
