import type { GraphCost, Machine } from '../cost/index.js';
import { fixed, grouped, printable } from './text.js';

/** The time that a machine's roofline gives a network, on one line. */
export function estimateText({ cycles = 0 }: GraphCost['total'], { name, clock_hz }: Machine): string {
  const milliseconds = fixed((cycles / clock_hz) * 1000, 3);
  const megahertz = fixed(clock_hz / 1e6, 0);
  return `${printable(name)}: ${grouped(cycles)} cycles, ${milliseconds} ms at ${megahertz} MHz (roofline)`;
}
