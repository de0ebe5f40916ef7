import { add } from './add.js';
import { conv2d } from './conv_2d.js';
import type { Op } from './define.js';
import { depthwiseConv2d } from './depthwise_conv_2d.js';
import { fullyConnected } from './fully_connected.js';

/** Every operator, by name. */
export const OPS = {
  add,
  conv_2d: conv2d,
  depthwise_conv_2d: depthwiseConv2d,
  fully_connected: fullyConnected,
} as const;

/** The name of an operator. */
export type OpName = keyof typeof OPS;

/** The operator of that name, for code that works with all of them. @throws Error for a name that is not in the table. */
export function opOf(name: string): Op<unknown> {
  const op = (OPS as unknown as Readonly<Record<string, Op<unknown>>>)[name];
  if (op === undefined) throw new Error(`there is no operator ${name}`);
  return op;
}
