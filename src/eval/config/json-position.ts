const SPACE = /[ \t\r\n]*/y;
/** A string up to its closing quote, or up to what cannot be in one. */
const STRING_START = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])/y;
const MAX_DEPTH = 200;

/** Where a text stops being JSON (which `JSON.parse` tells in some engines only). Nesting is followed 200 deep. */
export function jsonErrorPosition(text: string): number {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const takeString = (): boolean => {
    if (!take(STRING_START) || text[at] !== '"') return false;
    at += 1;
    return true;
  };
  const takeChar = (char: string): boolean => {
    take(SPACE);
    if (text[at] !== char) return false;
    at += 1;
    take(SPACE);
    return true;
  };
  const takeList = (item: () => boolean, close: string): boolean => {
    if (takeChar(close)) return true;
    do if (!item()) return false;
    while (takeChar(','));
    return takeChar(close);
  };
  const takeValue = (depth: number): boolean => {
    if (depth > MAX_DEPTH) return false;
    if (takeChar('[')) return takeList(() => takeValue(depth + 1), ']');
    if (takeChar('{')) return takeList(() => takeString() && takeChar(':') && takeValue(depth + 1), '}');
    return takeString() || take(SCALAR);
  };
  if (takeValue(0)) take(SPACE);
  return at;
}
