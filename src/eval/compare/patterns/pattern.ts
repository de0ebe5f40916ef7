import type { Evidence } from './values.js';

/** How B rounds. `nearest`: once, where A rounds twice. */
export type RoundingMode = 'floor' | 'ceil' | 'towards zero' | 'nearest';

/** How B rounds a number half way between two integers. */
export type TieRule = 'even' | 'up' | 'down' | 'towards zero' | 'away from zero';

/** An edge of an image. */
export type Edge = 'top' | 'bottom' | 'left' | 'right';

/** What the differences of a tensor look like. */
export type Pattern = Evidence &
  (
    | { readonly kind: 'layout'; readonly how: string }
    /** B is A's operator rounded otherwise. */
    | { readonly kind: 'rounding'; readonly mode: RoundingMode }
    /** Off by one, next to a tie: at most `distance` from it. `rule` where only exact ties differ. */
    | { readonly kind: 'ties'; readonly distance: number; readonly rule: TieRule | null }
    /** One side is limited to [low, high] where the other is not. */
    | {
        readonly kind: 'clamp';
        readonly missingIn: 'A' | 'B';
        readonly low: number | null;
        readonly high: number | null;
      }
    /** All that differs is where A is at a bound. */
    | { readonly kind: 'clamp bound'; readonly at: readonly number[] }
    /** B wraps around where A saturates. */
    | { readonly kind: 'wrapped' }
    /** B ≈ A · 2^exponent after the zero point. */
    | { readonly kind: 'shift'; readonly exponent: number }
    /** B ≈ factor · (A − zero point) + zero point + offset. */
    | { readonly kind: 'scale'; readonly factor: number; readonly offset: number }
    /** B = A + offset. */
    | { readonly kind: 'zero point'; readonly offset: number }
    /** B = A + offset, half of the range; or B has A's bits, read with or without a sign. */
    | { readonly kind: 'signedness'; readonly how: 'offset' | 'bits'; readonly offset: number }
    /** All of B is one number, all of A is not. */
    | { readonly kind: 'constant'; readonly value: number }
    /** A constant difference for each channel, rounding aside. */
    | { readonly kind: 'bias'; readonly smallest: number; readonly largest: number }
    /** Only within `width` of the image's edges. */
    | { readonly kind: 'border'; readonly width: number; readonly edges: readonly Edge[] }
    /** Only at some indices of a dimension. */
    | {
        readonly kind: 'part';
        readonly dimension: 'channel' | 'sample';
        readonly indices: readonly number[];
        readonly of: number;
      }
  );
