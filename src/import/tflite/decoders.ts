import type { Decode, OperatorContext } from './operator.js';
import { ELEMENTWISE_OPERATORS } from './operators/elementwise.js';
import { LABEL_OPERATORS } from './operators/labels.js';
import { LAYOUT_OPERATORS } from './operators/layout.js';
import { RESHAPING_OPERATORS } from './operators/reshaping.js';
import { NUMBER_OPERATORS, SHAPE_OPERATORS } from './operators/shapes.js';
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

/** Turns an operator into nodes, or into whole numbers where all that it reads is known already. */
export function decode(name: TfliteBuiltin, operator: OperatorContext): void {
  const numbers = NUMBER_OPERATORS[name];
  const decoder: Decode = numbers !== undefined && operator.knowsAll() ? numbers : TABLE[name];
  decoder(operator);
}

/** Whether an operator can be imported. */
export const isTfliteBuiltin = (name: string): name is TfliteBuiltin => Object.hasOwn(TABLE, name);

/** The supported operators, for messages. */
export const supportedBuiltins = (): string => Object.keys(TABLE).sort().join(', ');
