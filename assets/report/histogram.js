// The histogram of a card: the values of the Reference, with the range that the output's integers reach.

{
  const { element, drawing } = qpann;
  const [WIDTH, HEIGHT, TOP, BOTTOM] = [380, 150, 8, 36];
  const rough = (value) => (value === 0 ? '0' : String(Number(value.toPrecision(4))));

  /** The elements that show a histogram; none if there is nothing to show. */
  qpann.histogram = ({ min, max, counts, quantized }) => {
    const most = Math.max(0, ...counts);
    if (!(max > min) || most === 0) return [];
    const [from, to] = quantized ?? [min, max];
    const [low, high] = [Math.min(min, from), Math.max(max, to)];
    const margin = (high - low) * 0.03;
    const x = (value) => ((value - low + margin) / (high - low + 2 * margin)) * WIDTH;
    const binWidth = (max - min) / counts.length;
    // A bin of few values must stay visible beside one of many, so heights are logarithms.
    const height = (count) => (HEIGHT * Math.log1p(count)) / Math.log1p(most);
    const bars = counts.map((count, i) =>
      drawing('rect', {
        x: x(min + i * binWidth).toFixed(1),
        y: (TOP + HEIGHT - height(count)).toFixed(1),
        width: Math.max(1, x(min + binWidth) - x(min) - 0.5).toFixed(1),
        height: height(count).toFixed(1),
        fill: 'var(--series-1)',
      }),
    );
    const axis = drawing('line', {
      x1: 0,
      x2: WIDTH,
      y1: TOP + HEIGHT,
      y2: TOP + HEIGHT,
      stroke: 'var(--muted)',
    });
    const ends = (values, y, fill) =>
      values.map((value, i) =>
        drawing(
          'text',
          { x: x(value), y: TOP + HEIGHT + y, 'text-anchor': i === 0 ? 'start' : 'end', fill },
          rough(value),
        ),
      );
    const limits = (quantized ?? []).map((value) =>
      drawing('line', {
        x1: x(value),
        x2: x(value),
        y1: TOP,
        y2: TOP + HEIGHT,
        stroke: 'var(--replaced-mark)',
        'stroke-width': 2,
      }),
    );
    const reach = drawing('rect', {
      x: x(from),
      y: TOP,
      width: Math.max(1, x(to) - x(from)),
      height: HEIGHT,
      fill: 'var(--replaced-mark)',
      'fill-opacity': 0.1,
    });
    const values = `Histogram of the values of the Reference from ${rough(min)} to ${rough(max)}`;
    const alt = quantized === null ? values : `${values}; integers reach from ${rough(from)} to ${rough(to)}`;
    const note =
      quantized === null
        ? 'Counts are logarithmic.'
        : 'Counts are logarithmic. Red: what the integers reach.';
    return [
      element('h3', { textContent: 'Histogram of the Reference' }),
      drawing(
        'svg',
        {
          class: 'histogram',
          viewBox: `0 0 ${WIDTH} ${TOP + HEIGHT + BOTTOM}`,
          role: 'img',
          'aria-label': alt,
        },
        ...(quantized === null ? [] : [reach]),
        ...bars,
        ...limits,
        axis,
        ...ends([min, max], 15, 'var(--muted)'),
        ...(quantized === null ? [] : ends(quantized, 30, 'var(--bad)')),
      ),
      element('p', { className: 'note', textContent: note }),
    ];
  };
}
