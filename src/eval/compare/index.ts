export { type CompareOptions, compareWith, type OtherSide, requireMemory } from './compare.js';
export type * from './comparison.js';
export { isFolder } from './dump.js';
export { otherDump } from './other-dump.js';
export { otherModel } from './other-model.js';
export { fileStem } from './pair-dump.js';
export type { Pattern } from './patterns/index.js';
