const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const roundPercents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });
const parts = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const trusts = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const values = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const powers = new Intl.NumberFormat('en', { notation: 'scientific', maximumSignificantDigits: 3 });

/** A whole number with its thousands set apart: `10,000`. */
export const count = (value: number): string => counts.format(value);

/** A count with its noun: `1 epoch`, `5 epochs`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${counts.format(value)} ${value === 1 ? one : many}`;

/** A share of 0 to 1 as percent: `97.60%`; `–` where there is none, `NaN` where it is not a number. */
export const percent = (share: number | undefined): string =>
  share === undefined ? '–' : Number.isFinite(share) ? percents.format(share) : formatNonFinite(share);

/** A part of a whole without needless zeros: `80%`. */
export const part = (share: number): string => parts.format(share);

/** A number of trust, 0 to 1: `0.986`. */
export const trust = (share: number | undefined): string =>
  share === undefined ? '–' : Number.isFinite(share) ? trusts.format(share) : formatNonFinite(share);

/**
 * A number as people read it: a whole one with all its digits, others with four that matter, in powers of ten
 * where it is very small or large: `12,345`, `0.07426`, `3.21E−7`.
 */
export function value(number: number | undefined): string {
  if (number === undefined) return '–';
  if (!Number.isFinite(number)) return formatNonFinite(number);
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return minus(powers.format(number));
  return minus((Number.isInteger(number) ? counts : values).format(number + 0));
}

/**
 * Formats a number with an exact count of significant digits, so that numbers next to each other have the
 * same: `0.190`.
 */
export function digits(number: number, significant: number): string {
  if (!Number.isFinite(number) || number === 0) return value(number);
  const size = Math.abs(number);
  if (size < 1e-4 || size >= 1e9) return value(Number(number.toPrecision(significant)));
  return minus(
    new Intl.NumberFormat('en', {
      minimumSignificantDigits: significant,
      maximumSignificantDigits: significant,
    }).format(number),
  );
}

/** As `digits`, with its sign: `+0.60`, `−0.83`. */
export const signed = (number: number, significant = 2): string =>
  `${number > 0 ? '+' : ''}${digits(number, significant)}`;

/** A correlation or an effect with as many decimals, two unless said: `−0.25`. */
export const fixed = (number: number, decimals = 2): string =>
  Number.isFinite(number) ? minus(number.toFixed(decimals)) : formatNonFinite(number);

/** With the sign of typography instead of a hyphen. */
const minus = (text: string): string => text.replaceAll('-', '−');

const formatNonFinite = (number: number): string => (Number.isNaN(number) ? 'NaN' : number > 0 ? '∞' : '−∞');

/** Metrics that are shares of all samples; shown as percent. */
const isShare = (metric: string): boolean => /accuracy|precision|recall|^auc$|f1/.test(metric);

/** A metric as people read it: shares as percent, all else as numbers. */
export const metricValue = (metric: string, number: number | undefined): string =>
  isShare(metric) ? percent(number) : value(number);

/** A metric as a mark of an axis: shares as percent without needless zeros. */
export const metricTick = (metric: string, number: number): string =>
  isShare(metric) ? roundPercents.format(number) : value(number);

/** A time span: `840 ms`, `7.2 s`, `3 min 05 s`, `2 h 14 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms > 0 && ms < 0.5) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${two(Math.floor((whole % 3_600) / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** A size in bytes: `900 kB`, `2.7 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, size < 1 ? 0 : Math.floor(Math.log10(size) / 3));
  return `${values.format(Number((size / 1000 ** power).toPrecision(3)))} ${units[power] ?? ''}`;
}

/** The shape of a tensor: `28 × 28 × 1`; `?` where it varies, `scalar` for none. */
export const shape = (dims: readonly number[]): string =>
  dims.length === 0 ? 'scalar' : dims.map((dim) => (dim < 0 ? '?' : counts.format(dim))).join(' × ');
