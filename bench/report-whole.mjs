import { fixed, table } from './report-text.mjs';

/** The parts of the page that whole commands fill; none of them where they were not measured. */
export function reportWhole(whole, counted) {
  if (whole === undefined) return {};
  const { byRuntime, evaluation } = whole;
  const runtimes = Object.entries(byRuntime);
  const own = byRuntime[counted];
  return {
    wholeGoals: wholeGoals(own, evaluation, counted),
    evaluation: evaluation && evaluationTable(evaluation),
    workers: table(
      ['samples per second', 'one worker', 'two workers', 'gain'],
      runtimes.flatMap(([name, measured]) =>
        ['float32', 'int8'].map((precision) => {
          const { one, two, gain } = measured[precision];
          return [`${name}, ${precision}`, fixed(one, 1), fixed(two, 1), `${fixed(gain, 2)}×`];
        }),
      ),
    ),
    start: table(
      ['seconds', ...runtimes.map(([name]) => name)],
      [
        ['`qpann --help`', ...runtimes.map(([, { help }]) => fixed(help, 2))],
        [
          'demo: `qpann eval --limit 1 --no-cache`, with calibration',
          ...runtimes.map(([, { demo }]) => fixed(demo, 2)),
        ],
      ],
    ),
    operators: ['float32', 'int8']
      .map((precision) => `### ${precision}\n\n\`\`\`text\n${own[precision].table.trimEnd()}\n\`\`\``)
      .join('\n\n'),
  };
}

function wholeGoals(own, evaluation, counted) {
  const rows = [
    ...['float32', 'int8'].map((precision) =>
      goal(
        `two workers, MobileNetV2 ${precision}`,
        '≥ 1.8 × one',
        own[precision].gain,
        (value) => value >= 1.8,
        '×',
      ),
    ),
    goal('`qpann --help`', '≤ 0.25 s', own.help, (value) => value <= 0.25, ' s'),
    goal('start to the end of the first image, demo', '≤ 1.0 s', own.demo, (value) => value <= 1, ' s'),
  ];
  const python = evaluation?.find(({ name }) => name === 'Python');
  for (const mine of evaluation?.filter(({ name }) => name.startsWith(counted)) ?? [])
    rows.push(...evaluationGoals(mine, mine.name.slice(counted.length), python));
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {string} recreated what the Recreated model is, where it is not the TFLite model */
function evaluationGoals(mine, recreated, python) {
  const peak = Math.max(mine.few.peakMiB, mine.many.peakMiB) * (2 ** 20 / 1e6);
  const growth = mine.many.peakMiB / mine.few.peakMiB;
  const rows = [
    goal(
      `peak memory of \`eval\`, MobileNetV2, 2 workers${recreated}`,
      '≤ 700 MB',
      peak,
      (value) => value <= 700,
      ' MB',
      0,
    ),
    goal(
      `the same, ${mine.many.count} photos beside ${mine.few.count}`,
      'constant (≤ 1.05)',
      growth,
      (value) => value <= 1.05,
      '×',
    ),
  ];
  if (python === undefined) return rows;
  const limit = 1000 * python.secondsPerImage;
  rows.push(
    goal(
      `\`eval\` of MobileNetV2, 2 workers, per photo${recreated}`,
      `< Python's ${fixed(limit, 1)} ms`,
      1000 * mine.secondsPerImage,
      (value) => value < limit,
      ' ms',
      1,
    ),
  );
  return rows;
}

const goal = (work, limit, value, isMet, unit, digits = 2) => [
  work,
  limit,
  `${fixed(value, digits)}${unit}`,
  isMet(value) ? 'met' : '**not met**',
];

function evaluationTable(evaluation) {
  const [{ few, many }] = evaluation;
  return table(
    [
      '',
      `s, ${few.count} photos`,
      `s, ${many.count} photos`,
      'ms per photo',
      `peak MiB, ${few.count}`,
      `peak MiB, ${many.count}`,
    ],
    evaluation.map(({ name, few: a, many: b, secondsPerImage }) => [
      name === 'Python' ? 'Python: Keras and TensorFlow Lite' : `\`qpann eval --workers 2\`, ${name}`,
      fixed(a.seconds, 2),
      fixed(b.seconds, 2),
      fixed(1000 * secondsPerImage, 1),
      fixed(a.peakMiB, 0),
      fixed(b.peakMiB, 0),
    ]),
  );
}
