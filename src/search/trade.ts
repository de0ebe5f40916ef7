/** One way to build a layer. */
export interface Option {
  /** Of the whole network with only this layer built so. */
  readonly cost: number;
  /** Noise power at the output, as a share of the signal, where this layer alone is quantized. */
  readonly noise: number;
}

/** A step from one choice of options to a cheaper one: a layer takes another option. */
interface Step {
  readonly layer: number;
  readonly option: number;
  /** Noise for each unit of cost that is saved. */
  readonly slope: number;
}

/**
 * The options of a layer that are worth it, from the least noise to the least cost: the lower convex hull of noise over cost. Of
 * options with the same cost and noise the first.
 * @returns positions in `options`
 */
export function worthwhile(options: readonly Option[]): number[] {
  const order = options
    .map((_, i) => i)
    .sort((a, b) => options[a]!.noise - options[b]!.noise || options[a]!.cost - options[b]!.cost || a - b);
  const hull: number[] = [];
  const slope = (from: number, to: number): number =>
    (options[to]!.noise - options[from]!.noise) / (options[from]!.cost - options[to]!.cost);
  for (const next of order) {
    const last = hull.at(-1);
    if (last !== undefined && options[next]!.cost >= options[last]!.cost) continue;
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) >= slope(hull.at(-1)!, next)) hull.pop();
    hull.push(next);
  }
  return hull;
}

/**
 * The way from the network with the least noise to the cheapest, always by the step that costs the least noise for what it
 * saves. Noise of layers is taken to add up, as it does where it is small and independent (Lin, Talathi and Annapureddy 2016,
 * the thesis's equation 4.4), so every point has the least noise of all networks of its cost on the convex hull.
 * @param layers the options of each layer
 * @returns for each point the option of each layer
 */
export function tradeOff(layers: readonly (readonly Option[])[]): number[][] {
  const hulls = layers.map(worthwhile);
  const steps = hulls.flatMap((hull, layer): Step[] =>
    hull.slice(1).map((option, i) => {
      const [from, to] = [layers[layer]![hull[i]!]!, layers[layer]![option]!];
      return { layer, option, slope: (to.noise - from.noise) / (from.cost - to.cost) };
    }),
  );
  // Slopes of one layer rise along its hull, and the sort is stable, so its steps stay in order.
  steps.sort((a, b) => a.slope - b.slope);
  const point = hulls.map((hull) => hull[0]!);
  const points = [[...point]];
  for (const { layer, option } of steps) {
    point[layer] = option;
    points.push([...point]);
  }
  return points;
}

/**
 * The nearest values that never rise (isotonic regression by pooling adjacent violators): what of a measured decline is left when
 * chance is taken out.
 */
export function neverRising(values: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, count: 1 };
    for (
      let last = pools.at(-1);
      last !== undefined && last.sum / last.count <= pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pools.pop();
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}
