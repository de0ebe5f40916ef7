import type { Decode } from './operator.js';
import { ELEMENTWISE_OPERATORS } from './operators/elementwise.js';
import { LAYOUT_OPERATORS } from './operators/layout.js';
import { SHAPE_OPERATORS } from './operators/shapes.js';
import { SPATIAL_OPERATORS } from './operators/spatial.js';
import { WEIGHTED_OPERATORS } from './operators/weighted.js';

const TABLE = {
  ...ELEMENTWISE_OPERATORS,
  ...LAYOUT_OPERATORS,
  ...SHAPE_OPERATORS,
  ...SPATIAL_OPERATORS,
  ...WEIGHTED_OPERATORS,
} as const;

/** A builtin operator that can be imported. */
export type TfliteBuiltin = keyof typeof TABLE;

/** How each operator becomes nodes. */
export const DECODERS: Readonly<Record<TfliteBuiltin, Decode>> = TABLE;

/** Whether an operator can be imported. */
export const isTfliteBuiltin = (name: string): name is TfliteBuiltin => Object.hasOwn(TABLE, name);

/** The supported operators, for messages. */
export const supportedBuiltins = (): string => Object.keys(TABLE).sort().join(', ');
