import type { Hypothesis, StudiedLayer, StudyResults, StudyRow } from '../search/index.js';
import { alignedLines, counted, fixed, percent, printable, shorten, signed } from './text.js';

/** The thesis's tables 5.2 and 5.3 for a network, and what they say about its hypotheses. */
export function studyText(results: StudyResults, { network }: { readonly network: string }): string {
  const { rows, samples, skipped, high, low } = results;
  const halves = rows.filter(({ setting }) => setting.endsWith('half'));
  return [
    shorten(printable(network), 60),
    `${counted(samples, 'sample')}; SQNR of the output in dB, mean over activations (thesis 4.3)`,
    ...(skipped.length === 0 ? [] : [`${counted(skipped.length, 'image')} could not be decoded`]),
    '',
    `High: ${high.map(layerText).join(', ')}`,
    `Low: ${low.map(layerText).join(', ')}`,
    '',
    'Table 5.2: settings A to G',
    ...table(results, [...rows.filter((row) => !halves.includes(row))]),
    '',
    'Table 5.3: the two halves',
    ...table(results, [...halves, { ...rows[0]!, setting: 'All' }]),
    '',
    'What the thesis expects',
    ...hypothesisLines(results.hypotheses),
    '',
  ].join('\n');
}

const layerText = ({ layer, sqnr_db }: StudiedLayer): string =>
  `${shorten(printable(layer), 40)} (${fixed(sqnr_db, 1)} dB)`;

function table({ reference }: StudyResults, rows: readonly StudyRow[]): readonly string[] {
  return alignedLines(
    [
      ['setting', '', 'SQNR', 'top-1', 'top-5', 'agreement'],
      [
        'Reference',
        '',
        'N/A',
        `${percent(reference.top1, 2)}%`,
        `${percent(reference.top5, 2)}%`,
        `${percent(1, 2)}%`,
      ],
      ...rows.map(({ setting, what, output_sqnr_db, top1, top5, agreement }) => [
        setting,
        what,
        output_sqnr_db === null ? '-' : fixed(output_sqnr_db, 2),
        `${percent(top1, 2)}%`,
        `${percent(top5, 2)}%`,
        `${percent(agreement, 2)}%`,
      ]),
    ],
    ['left', 'left', 'right', 'right', 'right', 'right'],
  );
}

const hypothesisLines = (hypotheses: readonly Hypothesis[]): readonly string[] =>
  alignedLines(
    [
      ['better', 'worse', 'since', 'Δ SQNR', 'Δ top-1', 'images', 'p', ''],
      ...hypotheses.map((h) => [
        h.better,
        h.worse,
        h.because,
        h.sqnr_difference_db === null ? '-' : signed(h.sqnr_difference_db, 2),
        signed(h.top1_difference * 100, 2),
        `${h.only_better}:${h.only_worse}`,
        fixed(h.p_value, 3),
        verdict(h),
      ]),
    ],
    ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'left'],
  );

/** In words; a difference that comes by chance in one of twenty cases is none. */
function verdict({ sqnr_difference_db: sqnr, top1_difference: top1, p_value: p }: Hypothesis): string {
  const noise = sqnr === null ? 'noise says nothing' : sqnr > 0 ? 'noise: yes' : 'noise: no';
  const accuracy = p < 0.05 ? (top1 > 0 ? 'yes' : 'no') : 'too few images differ to tell';
  return `${noise}; accuracy: ${accuracy}`;
}
