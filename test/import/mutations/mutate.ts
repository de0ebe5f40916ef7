import { type Span, spoilSpan } from './json-spans.js';
import { type Random, randomOf } from './random.js';
import { badValue, read, type Site, sizeOf, write } from './site.js';

/** A file and what is in it. */
export interface Source {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Its numbers, those together that mean the same in different places. */
  readonly patterns: readonly (readonly Site[])[];
  /** Values of JSON in it. */
  readonly spans: readonly Span[];
}

/** A source of this name. */
export const sourceOf = (
  name: string,
  bytes: Uint8Array,
  sites: readonly Site[],
  spans: readonly Span[] = [],
): Source => ({ name, bytes, patterns: patternsOf(sites), spans });

/** A damaged copy of a file. */
export interface Mutation {
  readonly bytes: Uint8Array;
  /** What was done, for people. */
  readonly text: string;
}

const EXTREME_BYTES = [0, 0x7f, 0x80, 0xff];
const EXTREME_WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x10000000, 1e9];

/** Damages a file in one way, or a few, that depend on the seed alone. */
export function mutate(source: Source, seed: number): Mutation {
  const random = randomOf(seed ^ hashOf(source.name));
  let bytes: Uint8Array = new Uint8Array(source.bytes);
  const steps: string[] = [];
  for (let n = random.chance(70) ? 1 : 2 + random.below(3); n > 0; n--) {
    const strategy = random.below(100);
    if (strategy < 8 && n === 1) {
      const length = truncation(random, source);
      steps.push(`cut to ${length} of ${bytes.length} bytes`);
      bytes = bytes.slice(0, length);
    } else if (strategy < 20 || source.patterns.length === 0) steps.push(spoilBytes(random, bytes));
    else if (strategy < 65 && source.spans.length > 0) steps.push(spoilSpan(random, bytes, source.spans));
    else steps.push(spoilSite(random, bytes, source.patterns));
  }
  return { bytes, text: steps.join('; ') };
}

/** A number of the name, so that files are not damaged alike. */
const hashOf = (name: string): number =>
  [...name].reduce((hash, character) => Math.imul(hash, 31) + character.charCodeAt(0), 7);

/** Sites that mean the same in different places, by their path without indices. */
function patternsOf(sites: readonly Site[]): readonly (readonly Site[])[] {
  const groups = new Map<string, Site[]>();
  for (const site of sites) {
    const pattern = site.path.replace(/\d+/g, '');
    const group = groups.get(pattern);
    if (group === undefined) groups.set(pattern, [site]);
    else group.push(site);
  }
  return [...groups.values()];
}

/** Ends inside, before or after a number, or anywhere. */
function truncation(random: Random, { bytes, patterns }: Source): number {
  if (patterns.length === 0 || random.chance(30)) return random.below(bytes.length);
  const site = random.pick(random.pick(patterns));
  return site.at + random.below(sizeOf(site) + 1);
}

function spoilBytes(random: Random, bytes: Uint8Array): string {
  const at = random.below(bytes.length);
  switch (random.below(4)) {
    case 0: {
      const bit = random.below(8);
      bytes[at]! ^= 1 << bit;
      return `bit ${bit} of byte ${at} flipped`;
    }
    case 1: {
      bytes[at] = random.pick(EXTREME_BYTES);
      return `byte ${at} set to ${bytes[at]}`;
    }
    case 2: {
      const word = random.pick(EXTREME_WORDS);
      const start = Math.min(at, bytes.length - 4) & ~3;
      new DataView(bytes.buffer).setUint32(start, word, true);
      return `bytes ${start} to ${start + 3} set to ${word}`;
    }
    default: {
      const length = 1 + random.below(64);
      const from = random.below(bytes.length);
      bytes.copyWithin(at, from, from + length);
      return `${length} bytes of ${from} copied to ${at}`;
    }
  }
}

function spoilSite(random: Random, bytes: Uint8Array, patterns: readonly (readonly Site[])[]): string {
  const alike = random.pick(patterns);
  const site = random.pick(alike);
  const other = random.pick(alike);
  const before = read(bytes, site);
  if (site.kind === 'offset' && random.chance(60)) {
    // An offset that leads where another one leads, or both exchanged: duplicated, swapped, cyclic tables.
    const theirs = other.at + read(bytes, other);
    const own = site.at + before;
    write(bytes, site, theirs - site.at);
    if (random.chance(50)) return `${site.path} leads to ${other.path}`;
    write(bytes, other, own - other.at);
    return `${site.path} and ${other.path} exchanged`;
  }
  if (site !== other && random.chance(10)) {
    write(bytes, site, read(bytes, other));
    write(bytes, other, before);
    return `${site.path} and ${other.path} exchanged`;
  }
  write(bytes, site, badValue(random, bytes, site, alike));
  return `${site.path}: ${before} → ${read(bytes, site)}`;
}
