const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const shares = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const values = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const powers = new Intl.NumberFormat('en', { notation: 'scientific', maximumSignificantDigits: 3 });

/** With the sign of typography instead of a hyphen. */
const minus = (text: string): string => text.replaceAll('-', '−');

/** Returns a whole number with its thousands set apart, and its noun, such as `10,000`, `1 pair` or `2 pairs`. */
export function formatCount(value: number, noun?: string): string {
  const digits = minus(counts.format(value + 0));
  return noun === undefined ? digits : `${digits} ${noun}${value === 1 ? '' : 's'}`;
}

/** Returns a number with three significant digits, such as `12,300`, `0.0743` or `3.21E−7`. */
export function shorten(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  return minus((size !== 0 && (size < 1e-4 || size >= 1e9) ? powers : values).format(value + 0));
}

/** Returns a share as a percentage with at most one decimal, such as `61.3%`; it never rounds to none or all. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.0005) return 'less than 0.1%';
  if (share < 1 && share >= 0.9995) return 'more than 99.9%';
  return minus(shares.format(share + 0));
}

/** Returns a difference of two shares in percentage points, such as `12.5 points`; below 1 with two digits. */
export function formatPoints(difference: number): string {
  const points = formatDifference(difference);
  return `${points} ${points === '1' ? 'point' : 'points'}`;
}

/** Returns a difference of two shares, or of two other numbers, such as `12 points (95%: 10.1 to 14.9 points)`. */
export const formatChange = (
  difference: number,
  { low, high }: { readonly low: number; readonly high: number },
  isShare: boolean,
): string =>
  isShare
    ? `${formatPoints(difference)} (95%: ${formatDifference(low)} to ${formatPoints(high)})`
    : `${shorten(difference)} (95%: ${shorten(low)} to ${shorten(high)})`;

function formatDifference(difference: number): string {
  const points = 100 * difference;
  return minus(String(Number(Math.abs(points) < 0.995 ? points.toPrecision(2) : points.toFixed(1)) + 0));
}
