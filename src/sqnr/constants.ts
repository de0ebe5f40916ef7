import type { TensorData } from '../core/index.js';

/** Finds out which constants hold the same bytes. */
export interface SameConstants {
  /** A number that is the same for equal bytes, and only for them. */
  idOf(data: TensorData): number;
}

/** Constants by content: a hash finds candidates, their bytes decide. */
export function sameConstants(): SameConstants {
  const known = new Map<TensorData, number>();
  const candidates = new Map<number, { readonly bytes: Uint8Array; readonly id: number }[]>();
  let count = 0;
  return {
    idOf(data) {
      const before = known.get(data);
      if (before !== undefined) return before;
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const hash = hashOf(bytes);
      const alike = candidates.get(hash) ?? [];
      const twin = alike.find((other) => sameBytes(other.bytes, bytes));
      const id = twin?.id ?? count++;
      if (twin === undefined) candidates.set(hash, [...alike, { bytes, id }]);
      known.set(data, id);
      return id;
    },
  };
}

/** FNV-1a of about a thousand of the bytes. */
function hashOf(bytes: Uint8Array): number {
  const step = Math.max(1, Math.floor(bytes.length / 1000));
  let hash = bytes.length;
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
