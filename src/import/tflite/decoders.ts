import type { Decode } from './operator.js';
import { ELEMENTWISE_OPERATORS } from './operators/elementwise.js';
import { LABEL_OPERATORS } from './operators/labels.js';
import { LAYOUT_OPERATORS } from './operators/layout.js';
import { RESHAPING_OPERATORS } from './operators/reshaping.js';
import { SHAPE_OPERATORS } from './operators/shapes.js';
import { SLICING_OPERATORS } from './operators/slicing.js';
import { SPATIAL_OPERATORS } from './operators/spatial.js';
import { WEIGHTED_OPERATORS } from './operators/weighted.js';

const TABLE = {
  ...ELEMENTWISE_OPERATORS,
  ...LABEL_OPERATORS,
  ...LAYOUT_OPERATORS,
  ...RESHAPING_OPERATORS,
  ...SHAPE_OPERATORS,
  ...SLICING_OPERATORS,
  ...SPATIAL_OPERATORS,
  ...WEIGHTED_OPERATORS,
} as const;

/** A builtin operator that can be imported. */
export type TfliteBuiltin = keyof typeof TABLE;

/** What turns an operator into nodes. */
export const decoderOf = (name: TfliteBuiltin): Decode => TABLE[name];

/** Whether an operator can be imported. */
export const isTfliteBuiltin = (name: string): name is TfliteBuiltin => Object.hasOwn(TABLE, name);

/** The supported operators, for messages. */
export const supportedBuiltins = (): string => Object.keys(TABLE).sort().join(', ');
