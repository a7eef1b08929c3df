import {
  type InsightEffect,
  type InsightNumber,
  InsightNumberUnit,
  type InsightSeverity,
  InsightSeverityUnit,
} from '@noema/contracts/noema/insights/v1/insight';
import { fixed, part, percent, signed, value } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';

const LEVELS: Readonly<Record<number, string>> = { 3: 'large', 2: 'noticeable', 1: 'small' };

/** A level of severity in a word. */
export const severityName = ({ level }: Pick<InsightSeverity, 'level'>): string => LEVELS[level] ?? 'unknown';

/** Size of the damage in words: `6% of all loss`, `0.4 points of the headline metric`. */
export function severityText({ share, unit }: Pick<InsightSeverity, 'share' | 'unit'>): string {
  if (!(share > 0))
    return unit === InsightSeverityUnit.METRIC ? 'no change of the headline metric' : 'no measurable loss';
  if (unit === InsightSeverityUnit.METRIC) return `${points(share)} of the headline metric`;
  const whole = unit === InsightSeverityUnit.SAMPLES ? 'samples' : 'loss';
  return `${share < 0.001 ? 'less than 0.1%' : part(share)} of all ${whole}`;
}

const points = (share: number): string => `${value(rounded(100 * share))} points`;

/** A further number of an insight in its unit: `1,200`, `3.1%`, `0.4 points`, `less than 0.001`. */
export function numberText(
  { unit, value: number }: Pick<InsightNumber, 'unit' | 'value'>,
  effect?: Effect,
): string {
  switch (unit) {
    case InsightNumberUnit.SHARE:
      return part(number);
    case InsightNumberUnit.POINTS:
      return points(number);
    case InsightNumberUnit.CHANCE:
      return chanceText(number);
    case InsightNumberUnit.MEASURE:
      return effect === undefined ? value(number) : effectValue({ ...effect, inside: number }, number);
    default:
      return value(Number(number.toPrecision(Number.isInteger(number) ? 15 : 3)));
  }
}

type Effect = Pick<InsightEffect, 'measure' | 'inside' | 'outside' | 'difference' | 'low' | 'high'>;

/** Whether a measure is a share of samples, which people read as percent. */
export const isRate = ({ measure, inside, outside }: Effect): boolean =>
  /rate|share|accuracy|error$/.test(measure) && within(inside) && within(outside);

const within = (number: number): boolean => number >= 0 && number <= 1;
const rounded = (number: number): number => Number(number.toPrecision(2));

/** A value of the measure of an effect: `39%`, `0.412`. */
export const effectValue = (effect: Effect, number: number): string =>
  isRate(effect) ? part(number) : value(Number(number.toPrecision(3)));

/** The difference of an effect: `+37.0 points`, `+0.41`. */
export const effectDifference = (effect: Effect, number = effect.difference): string =>
  isRate(effect) ? `${number > 0 ? '+' : ''}${fixed(100 * number, 1)} points` : signed(number);

/** The interval of the difference: `95% interval +30.1 to +43.8 points`. */
export function effectInterval(effect: Effect): string {
  const [low, high] = [effect.low, effect.high];
  return isRate(effect)
    ? `95% interval ${effectDifference(effect, low).replace(' points', '')} to ${effectDifference(effect, high)}`
    : `95% interval ${signed(low)} to ${signed(high)}`;
}

/** An effect in one line: `error rate 39%, rest 2%: +37.0 points (95% interval …)`. */
export const effectText = (effect: Effect): string =>
  `${effect.measure} ${effectValue(effect, effect.inside)}, rest ${effectValue(effect, effect.outside)}: ` +
  `${effectDifference(effect)} (${effectInterval(effect)})`;

/** A probability as people read it: `0.004`, `less than 0.001`. */
export const chanceText = (probability: number): string =>
  probability < 0.001
    ? 'less than 0.001'
    : percent(probability) === '100.00%'
      ? '1'
      : value(rounded(probability));

/** A name of code as people read it: `misclassifiedNow` is "misclassified now". */
export const spacedName = (name: string): string =>
  plainName(name).replaceAll(
    /([a-z])([A-Z])/g,
    (_, before: string, letter: string) => `${before} ${letter.toLowerCase()}`,
  );
