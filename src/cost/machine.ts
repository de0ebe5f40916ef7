/** MACs per cycle of weights and activations up to these widths. */
export interface MacRate {
  readonly weight_bits: number;
  readonly activation_bits: number;
  readonly macs_per_cycle: number;
}

/** A machine as a roofline sees it, in the spelling of its file. */
export interface Machine {
  readonly name: string;
  readonly clock_hz: number;
  /** By width; a MAC runs at the highest rate among those that are wide enough. One holds float, which counts as 32 bits. */
  readonly macs: readonly MacRate[];
  /** Bytes per cycle. `weights` also carries biases and requantization parameters. */
  readonly bandwidth: { readonly weights: number; readonly activations: number };
  /** Where the numbers come from, and what they leave out. */
  readonly assumptions: readonly string[];
}

/** What bounds a layer in the roofline. */
export type Bound = 'macs' | 'weights' | 'activations';

/** The time that a roofline gives a layer. */
export interface Estimate {
  readonly cycles: number;
  readonly bound_by: Bound;
}

/** What a roofline is asked about one layer. */
export interface Workload {
  readonly macs: number;
  readonly weightBits: number;
  readonly activationBits: number;
  /** Bytes of weights, biases and requantization parameters. */
  readonly constantBytes: number;
  readonly activationBytes: number;
}

/**
 * The roofline of a machine (Williams, Waterman and Patterson 2009): MACs, weights and activations overlap perfectly, so a
 * layer takes as long as the slowest of the three. Cycles are whole.
 * @throws Error if the machine has no rate for these widths, which its file must not do
 */
export function roofline(machine: Machine, work: Workload): Estimate {
  const { macs, weightBits, activationBits, constantBytes, activationBytes } = work;
  const cycles: Record<Bound, number> = {
    macs: macs === 0 ? 0 : macs / rateOf(machine, weightBits, activationBits),
    weights: constantBytes / machine.bandwidth.weights,
    activations: activationBytes / machine.bandwidth.activations,
  };
  const bounds = ['macs', 'weights', 'activations'] as const;
  const bound_by = bounds.reduce((slowest, bound) => (cycles[bound] > cycles[slowest] ? bound : slowest));
  return { cycles: Math.ceil(cycles[bound_by]), bound_by };
}

function rateOf({ name, macs }: Machine, weightBits: number, activationBits: number): number {
  const rates = macs
    .filter((rate) => weightBits <= rate.weight_bits && activationBits <= rate.activation_bits)
    .map((rate) => rate.macs_per_cycle);
  if (rates.length === 0)
    throw new Error(`${name} has no MACs of ${weightBits}-bit weights and ${activationBits}-bit activations`);
  return Math.max(...rates);
}
