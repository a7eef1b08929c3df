import type { LayerConfig } from '../layer.config.js';

type Margin = readonly [before: number, after: number];

/**
 * Reads the margins of padding and cropping: one number for all, one per axis, or [before, after] per axis.
 */
export function readMargins(config: LayerConfig, key: string, rank: number, fallback: number): Margin[] {
  const value = config.raw(key) ?? fallback;
  const whole = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
  const pair = (p: unknown): p is [number, number] => Array.isArray(p) && p.length === 2 && p.every(whole);
  if (whole(value)) return Array.from({ length: rank }, () => [value, value]);
  if (rank === 1 && pair(value)) return [value];
  const list = Array.isArray(value) ? (value as unknown[]) : [];
  if (list.length === rank && list.every((entry) => whole(entry) || pair(entry)))
    return list.map((entry): Margin => (whole(entry) ? [entry, entry] : entry));
  const more =
    rank === 1
      ? ' or [before, after]'
      : `, or one for each of the ${String(rank)} axes, or [before, after] for each`;
  throw config.fail(`has ${key} ${JSON.stringify(value)}; give a whole number${more}`);
}
