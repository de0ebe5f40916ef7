import type { Comparison, ElementDifference, TensorComparison } from '../eval/compare/index.js';
import { patternText, rough } from './pattern-text.js';
import { alignedLines, counted, fixed, grouped, printable, shapeText, shorten } from './text.js';

const MOST_CAUSES = 10;
const MOST_FACTS = 6;

/** What `qpann compare` prints. */
export function compareText(comparison: Comparison): string {
  const { a, b, samples, pairing, tensors, isolated } = comparison;
  const differing = tensors.filter(differs);
  const lines = [
    `A: ${name(a)}`,
    `B: ${name(b)}`,
    `${counted(samples, 'sample')}; ${pairing.paired} of A's ${pairing.tensors_a} and B's ${pairing.tensors_b} tensors paired by ${pairing.method}${isolated ? "; each operator of A computed on B's values" : ''}`,
    '',
  ];
  if (differing.length === 0)
    return [...lines, `All ${tensors.length} paired tensors are equal.`, ''].join('\n');
  const causes = differing.filter(({ cause }) => cause);
  return [
    ...lines,
    ...causes.slice(0, MOST_CAUSES).flatMap((tensor, i) => causeLines(tensor, i === 0, isolated)),
    ...(causes.length > MOST_CAUSES ? [`… ${causes.length - MOST_CAUSES} more (--json lists them)`, ''] : []),
    ...table(tensors),
    '',
    `${differing.length} of ${tensors.length} paired tensors differ.${isolated ? '' : consequences(differing.length - causes.length)}`,
    '',
  ].join('\n');
}

const differs = ({ equal, elements }: TensorComparison): boolean => equal < elements;

const consequences = (count: number): string =>
  count === 0 ? '' : ` ${count} of them may follow from earlier ones; --isolate tells.`;

const name = (text: string): string => shorten(printable(text), 60);

const sourceText = ({ source }: TensorComparison): string =>
  source === null ? 'input' : `${source.index} ${printable(source.class)}`;

function causeLines(tensor: TensorComparison, isFirst: boolean, isolated: boolean): readonly string[] {
  const title = isFirst
    ? 'First difference'
    : isolated
      ? 'Differs too'
      : 'Differs too, though what it is computed from is equal';
  return [
    `${title}: ${name(tensor.tensor)} (${sourceText(tensor)}), ${tensor.elements - tensor.equal} of ${tensor.elements} elements`,
    ...placeLines(tensor),
    ...tensor.patterns.map((pattern) => `  ${patternText(pattern)}`),
    ...tensor.model_differences
      .slice(0, MOST_FACTS)
      .map((fact) => `  the models: ${shorten(printable(fact), 160)}`),
    '',
  ];
}

function placeLines({ shape, shape_b, first }: TensorComparison): readonly string[] {
  if (first === null) return [`  shape ${shapeText(shape)} in A, ${shapeText(shape_b)} in B`];
  return [`  at [${first.index.join(', ')}]: A ${rough(first.a)}, B ${rough(first.b)}${realText(first)}`];
}

function realText({ real_a, real_b }: ElementDifference): string {
  if (real_a === undefined) return '';
  return real_b === undefined
    ? ` (A stands for ${rough(real_a)})`
    : ` (${rough(real_a)} and ${rough(real_b)})`;
}

/** A row for each tensor that differs; those that are equal in one row where they follow each other. */
function table(tensors: readonly TensorComparison[]): readonly string[] {
  const rows: (readonly string[])[] = [];
  let equal = 0;
  const endEqual = (): void => {
    if (equal > 0) rows.push(['', `${counted(equal, 'tensor')} equal`]);
    equal = 0;
  };
  for (const tensor of tensors) {
    if (!differs(tensor)) equal += 1;
    else {
      endEqual();
      rows.push(cells(tensor));
    }
  }
  endEqual();
  return alignedLines(
    [
      [
        'operator',
        'tensor',
        'type',
        'elements',
        'equal',
        'off by 1',
        'larger',
        'max |Δ|',
        'max rel',
        'SQNR',
        '',
      ],
      ...rows,
    ],
    ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  );
}

function cells(tensor: TensorComparison): readonly string[] {
  const { dtype, dtype_b, elements, equal, off_by_one, larger, max_abs, max_rel, sqnr_db, cause } = tensor;
  const number = (value: number | null): string => (value === null ? '-' : rough(value));
  return [
    sourceText(tensor),
    shorten(printable(tensor.tensor), 40),
    dtype === dtype_b ? dtype : `${dtype}/${dtype_b}`,
    grouped(elements),
    grouped(equal),
    off_by_one === null ? '-' : grouped(off_by_one),
    grouped(larger),
    number(max_abs),
    number(max_rel),
    sqnr_db === null ? '-' : fixed(sqnr_db, 2),
    cause ? '← here' : '',
  ];
}
