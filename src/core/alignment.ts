/** Blocks of memory start at multiples of 16 bytes, the width of a SIMD register. */
export const ALIGNMENT = 16;

/** `bytes` rounded up to a multiple of `ALIGNMENT`. */
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Blocks that lie one after the other. */
export interface Regions<K extends string> {
  /** Byte offset of each, a multiple of `ALIGNMENT`. */
  readonly offsets: Readonly<Record<K, number>>;
  readonly bytes: number;
}

/** Lays blocks of these sizes, in bytes, one after the other. */
export function regions<K extends string>(sizes: Readonly<Record<K, number>>): Regions<K> {
  let bytes = 0;
  const offsets = {} as Record<K, number>;
  for (const [name, size] of Object.entries(sizes) as [K, number][]) {
    offsets[name] = bytes;
    bytes += aligned(size);
  }
  return { offsets, bytes };
}
