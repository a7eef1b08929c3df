import { value as numberText } from '../numbers.js';
import type { Extent } from './extent.js';

/** Numbers are laid out in equal steps, or in equal factors. */
export type ScaleKind = 'linear' | 'log';

/** Where numbers lie between the ends of a column: 0 the low, 1 the high end. */
export interface NumberScale {
  readonly kind: ScaleKind;
  readonly low: number;
  readonly high: number;
  /** Place of a number, cut to 0 … 1. */
  readonly share: (value: number) => number;
  /** Number at a place. */
  readonly value: (share: number) => number;
}

/** Smallest part of the high end that a logarithmic scale still distinguishes. */
const LOG_RANGE = 1e-6;

/**
 * The scale of a column. A logarithmic one begins at the smallest positive number, but not below a millionth
 * of the largest.
 */
export function numberScale(kind: ScaleKind, { low, high, positive }: Extent): NumberScale {
  if (kind === 'log' && high > 0) {
    const base = Math.max(positive, high * LOG_RANGE);
    const from = Math.log(Math.min(base, high * 0.999_999));
    const span = Math.log(high) - from;
    return {
      kind,
      low: Math.exp(from),
      high,
      share: (v) => clamp(v <= 0 ? 0 : (Math.log(v) - from) / span),
      value: (s) => (s >= 1 ? high : Math.exp(from + s * span)),
    };
  }
  const span = high - low || 1;
  return {
    kind: 'linear',
    low,
    high,
    share: (v) => clamp((v - low) / span),
    value: (s) => (s >= 1 ? high : low + s * span),
  };
}

const clamp = (x: number): number => (x < 0 ? 0 : x > 1 ? 1 : x);

/** Marks of an axis, at most `most`, with their texts. */
export function computeTicks(
  scale: NumberScale,
  most = 5,
): { readonly share: number; readonly text: string }[] {
  const values = scale.kind === 'log' ? decades(scale, most) : steps(scale, most);
  return values.map((at) => ({ share: scale.share(at), text: numberText(at) }));
}

function decades({ low, high }: NumberScale, most: number): number[] {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / most));
  return Array.from(
    { length: Math.max(0, Math.floor((last - first) / step) + 1) },
    (_, i) => 10 ** (last - i * step),
  ).reverse();
}

function steps({ low, high }: NumberScale, most: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}
