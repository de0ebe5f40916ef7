import type { Site } from './site.js';

const BLOCKS = ['TREE', 'SNOD', 'HEAP', 'GCOL'] as const;
const HEADER_BYTES = 64;
const MESSAGE_BYTES = 256;

/**
 * The numbers that hold an HDF5 file together: the superblock, the heads of its trees, symbol tables and heaps, and the object headers that
 * symbol tables point to.
 */
export function hdf5Sites(bytes: Uint8Array): Site[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sites = new Map<number, Site>();
  const words = (path: string, from: number, to: number): void => {
    for (let at = from; at + 8 <= Math.min(to, bytes.length); at += 4) {
      const kind = (at - from) % 8 === 0 ? ((at >> 3) % 2 === 0 ? 'uint64' : 'uint16') : 'uint32';
      if (!sites.has(at)) sites.set(at, { path: `${path}+${at - from}`, at, kind });
    }
  };
  words('superblock', 8, 96);
  const text = new TextDecoder('latin1').decode(bytes);
  for (const block of BLOCKS)
    for (let at = text.indexOf(block), n = 0; at >= 0; at = text.indexOf(block, at + 1), n++) {
      const entries = block === 'SNOD' ? view.getUint16(at + 6, true) : 0;
      words(`${block} ${n}`, at + 4, at + 8 + Math.max(HEADER_BYTES, entries * 40));
      for (let i = 0; i < entries; i++) {
        const header = Number(view.getBigUint64(at + 16 + i * 40, true));
        words(`header ${header}`, header, header + MESSAGE_BYTES);
      }
    }
  return [...sites.values()];
}
