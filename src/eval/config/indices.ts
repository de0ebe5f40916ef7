import { z } from 'zod';
import type { ImageIndices } from '../../data/index.js';
import { isRecord } from './load-file.js';

type Range = readonly [from: number, to: number];

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The ranges, both ends included, that a choice of positions consists of; undefined if it is no such choice. */
function inclusiveRanges(value: unknown): readonly Range[] | undefined {
  if (Array.isArray(value)) return value.every(isIndex) ? value.map((index) => [index, index]) : undefined;
  if (isRecord(value)) {
    const { start, stop, ...rest } = value;
    return isIndex(start) && isIndex(stop) && Object.keys(rest).length === 0
      ? [[start, stop - 1]]
      : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const ranges = value.split(',').map((part): Range => {
    const [, from, to] = /^\s*(\d+)\s*(?:-\s*(\d+)\s*)?$/.exec(part) ?? [];
    return [Number(from), Number(to ?? from)];
  });
  return ranges.flat().every(isIndex) ? ranges : undefined;
}

const hasOnlyFilledRanges = (value: unknown): boolean => {
  const ranges = inclusiveRanges(value);
  return ranges !== undefined && ranges.length > 0 && ranges.every(([from, to]) => from <= to);
};

const EXPECTED = "a list of integers from 0, an upward range {start, stop} or a text like '0-9,20'";

/** A choice of images: a list, a range whose `stop` is exclusive, or a text whose ranges include both ends. */
export const imageIndices = z.custom<ImageIndices>(hasOnlyFilledRanges, EXPECTED);

const MAX_LAYERS = 100_000;

/** A choice of layers in the same forms, as the list of positions. */
export const layerIndices = z
  .custom<ImageIndices>(
    (value) => hasOnlyFilledRanges(value) && inclusiveRanges(value)!.every(([, to]) => to < MAX_LAYERS),
    EXPECTED,
  )
  .transform((value): readonly number[] =>
    inclusiveRanges(value)!.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    ),
  );
