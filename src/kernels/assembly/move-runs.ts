import { storeWithin } from './store';

/** Bytes of a record. */
const RECORD: usize = 36;

/** In place of a source's offset: the run is filled. */
const FILL = -1;

/** Copies a run of `bytes` bytes. `unit` is 0, or the same number as a constant: then it is one load and one store. */
@inline
function copy(unit: i32, target: usize, source: usize, bytes: i32): void {
  if (unit === 1) store<u8>(target, load<u8>(source));
  else if (unit === 2) store<u16>(target, load<u16>(source));
  else if (unit === 4) store<u32>(target, load<u32>(source));
  else if (unit === 8) store<u64>(target, load<u64>(source));
  else if (bytes < 16) {
    for (let i = 0; i < bytes; i++) store<u8>(target + i, load<u8>(source + i));
  } else {
    const last = bytes - 16;
    for (let i = 0; i < last; i += 16) v128.store(target + i, v128.load(source + i));
    v128.store(target + last, v128.load(source + last));
  }
}

@inline
function copyRuns(unit: i32, target: usize, source: usize, record: usize): void {
  const bytes = load<i32>(record, 8);
  const count = load<i32>(record, 12);
  const sourceStep = load<i32>(record, 16);
  const targetStep = load<i32>(record, 20);
  for (let outer = load<i32>(record, 24); outer > 0; outer--) {
    let from = source;
    let to = target;
    for (let run = 0; run < count; run++) {
      copy(unit, to, from, bytes);
      from += sourceStep;
      to += targetStep;
    }
    source += load<i32>(record, 28);
    target += load<i32>(record, 32);
  }
}

@inline
function fillRuns(target: usize, pattern: v128, record: usize): void {
  const bytes = load<i32>(record, 8);
  for (let outer = load<i32>(record, 24); outer > 0; outer--) {
    let to = target;
    for (let run = load<i32>(record, 12); run > 0; run--) {
      for (let i = 0; i < bytes; i += 16) storeWithin(to, i, bytes, pattern);
      to += load<i32>(record, 20);
    }
    target += load<i32>(record, 32);
  }
}

/**
 * Copies runs of bytes from one tensor to another, or fills them.
 * @param records nine int32 each: offset in the input, or −1 to fill; offset in the output; bytes of a run; number of runs, and
 *   bytes from one to the next in the input and in the output; number of such rows of runs, and the same for these
 * @param pattern four bytes that fill a run, again and again
 */
export function move_runs(input: usize, output: usize, records: usize, count: i32, pattern: i32): void {
  const filling = i32x4.splat(pattern);
  for (const end = records + <usize>count * RECORD; records < end; records += RECORD) {
    const offset = load<i32>(records);
    const source = input + offset;
    const target = output + load<i32>(records, 4);
    const bytes = load<i32>(records, 8);
    if (offset === FILL) fillRuns(target, filling, records);
    else if (bytes === 1) copyRuns(1, target, source, records);
    else if (bytes === 2) copyRuns(2, target, source, records);
    else if (bytes === 4) copyRuns(4, target, source, records);
    else if (bytes === 8) copyRuns(8, target, source, records);
    else copyRuns(0, target, source, records);
  }
}
