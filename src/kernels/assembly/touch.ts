/** Bytes from which an image is unlikely to be in a cache close to the processor. */
const LARGE = 1 << 19;

/** Where `touch` begins in an image: at its end, if it is small. */
@inline
export function firstTouched(image: usize, bytes: i32): usize {
  return bytes > LARGE ? image : image + <usize>bytes;
}

/**
 * Reads one word of each 64 bytes, in order, and returns the address behind them. A kernel that walks through several rows or pixels
 * at once waits for memory at each line; what is read in one go first, a processor fetches ahead.
 */
@inline
export function touch(address: usize, end: usize): usize {
  for (; address < end; address += 64) load<u32>(address);
  return address;
}
