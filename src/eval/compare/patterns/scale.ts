import type { Pattern } from './pattern.js';
import { isFree, judged, type Values } from './values.js';

/** So many elements make a line of chance unlikely. */
const LEAST_ELEMENTS = 6;
/** How far real numbers may be from the line, in parts of the largest. */
const REAL_ERROR = 1e-4;
/** How far log₂ of a factor may be from a whole number. */
const SHIFT_ERROR = 0.02;
/** Standard deviation of what rounding to integers adds to a value: 1/√12. */
const ROUNDING_DEVIATION = 12 ** -0.5;
/** Standard deviations that an estimate may be off. */
const DEVIATIONS = 4;

interface Line {
  readonly factor: number;
  readonly offset: number;
}

/** Finds a factor between the sides after the zero point: a shift if it is a power of two. Else a factor with an offset. */
export function detectScale(values: Values): Pattern | null {
  const { a, b, integer } = values;
  const zeroPoint = integer?.zeroPoint ?? 0;
  const free = Array.from(a.keys()).filter(
    (i) => isFree(values, i) && Number.isFinite(a[i]!) && Number.isFinite(b[i]!),
  );
  if (free.length < LEAST_ELEMENTS) return null;
  const x = Float64Array.from(free, (i) => a[i]! - zeroPoint);
  const y = Float64Array.from(free, (i) => b[i]! - zeroPoint);
  if (new Set(x).size < 3) return null;
  const largest = Math.max(x.reduce(largerOf, 0), y.reduce(largerOf, 0));
  const tolerance = ({ factor }: Line): number =>
    integer === null ? REAL_ERROR * largest : 0.5 + 0.5 * Math.abs(factor) + 0.01;
  const evidenceFor = (line: Line) => {
    // Close to 1 a factor cannot be told from differences of rounding.
    const effect = (line.factor - 1) * Math.sqrt(mean(x.map((value) => value * value)));
    if (Math.abs(effect) <= tolerance(line)) return null;
    return judged(values, (i) => {
      if (!isFree(values, i)) return null;
      const expected = line.factor * (a[i]! - zeroPoint) + line.offset;
      return Math.abs(b[i]! - zeroPoint - expected) <= tolerance(line);
    });
  };
  const squares = x.reduce((sum, value) => sum + value * value, 0);
  const factor = x.reduce((sum, value, i) => sum + value * y[i]!, 0) / squares;
  // Both sides are rounded, which matters the more the smaller the factor is.
  const deviation = integer === null ? 0 : ROUNDING_DEVIATION * Math.sqrt((1 + factor ** 2) / squares);
  const shiftError = Math.max(SHIFT_ERROR, (DEVIATIONS * deviation) / (factor * Math.LN2));
  const exponent = Math.round(Math.log2(factor));
  if (exponent !== 0 && Math.abs(Math.log2(factor) - exponent) < shiftError) {
    const evidence = evidenceFor({ factor: 2 ** exponent, offset: 0 });
    if (evidence !== null) return { kind: 'shift', exponent, ...evidence };
  }
  for (const line of [{ factor, offset: 0 }, fittedLine(x, y)]) {
    const evidence = Number.isFinite(line.factor) ? evidenceFor(line) : null;
    if (evidence !== null && line.factor !== 0) return { kind: 'scale', ...line, ...evidence };
  }
  return null;
}

const largerOf = (most: number, value: number): number => Math.max(most, Math.abs(value));

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The line of least squares. */
function fittedLine(x: Float64Array, y: Float64Array): Line {
  const [meanX, meanY] = [mean(x), mean(y)];
  let [products, squares] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    products += (x[i]! - meanX) * (y[i]! - meanY);
    squares += (x[i]! - meanX) ** 2;
  }
  const factor = products / squares;
  return { factor, offset: meanY - factor * meanX };
}
