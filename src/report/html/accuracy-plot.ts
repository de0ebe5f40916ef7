import { wilsonInterval } from '../../core/index.js';
import { percent } from '../text.js';
import type { Contestant } from './contestants.js';
import type { Markup } from './markup.js';
import { drawPlot } from './plot.js';

/** Top-1 of each model with its 95 % interval. */
export function accuracyPlot(contestants: readonly Contestant[], samples: number): Promise<Markup> {
  const values = contestants.map(({ title, accuracy }) => {
    const { low, high } = wilsonInterval(accuracy.correct1, samples);
    const [top1, from, to] = [accuracy.top1, low, high].map((fraction) => fraction * 100);
    return {
      title,
      top1,
      from,
      to,
      label: `${title}: ${percent(accuracy.top1, 2)} %, ${interval(low, high)}`,
    };
  });
  const y = {
    field: 'title',
    type: 'nominal',
    sort: null,
    axis: { title: null, labelLimit: 170, labelColor: 'var(--ink)', ticks: false, domain: false },
  };
  const x = {
    type: 'quantitative',
    scale: { zero: false },
    axis: { tickCount: 6, title: 'Top-1 (%) and its 95 % interval' },
  };
  const spec = {
    data: { values },
    width: 290,
    height: { step: 30 },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, color: 'var(--series-1)' },
        encoding: { y, x: { ...x, field: 'from' }, x2: { field: 'to' } },
      },
      {
        mark: { type: 'point', filled: true, size: 80, color: 'var(--series-1)', opacity: 1 },
        encoding: { y, x: { ...x, field: 'top1' }, description: { field: 'label' } },
      },
    ],
  };
  return drawPlot(spec, `Top-1 of each model. ${values.map(({ label }) => label).join('; ')}.`);
}

/** An interval of fractions in percent. */
export const interval = (low: number, high: number): string => `${percent(low, 1)} to ${percent(high, 1)} %`;
