/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows @returns {string} a Markdown table */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** @param {number} value @param {number} digits */
export const fixed = (value, digits) => value.toFixed(digits);
