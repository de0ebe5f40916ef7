export type { Change } from './changes.js';
export { type Condition, type Judgement, judge, parseCondition, unitOf } from './conditions.js';
export * from './diff-runs.js';
