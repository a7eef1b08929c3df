import { InsightNumberUnit, InsightSeverityUnit } from '@noema/contracts/noema/insights/v1/insight';
import { describe, expect, it } from 'vitest';
import { chanceText, effectText, numberText, severityText } from './insight-text.js';

const RATE = { measure: 'error rate', inside: 0.39, outside: 0.02, difference: 0.37, low: 0.22, high: 0.52 };
const LOSS = {
  measure: 'mean loss',
  inside: 0.912,
  outside: 0.1234,
  difference: 0.7886,
  low: 0.5,
  high: 1.07,
};

describe('words for an insight', () => {
  it('write rates as percent and their difference in points', () => {
    expect(effectText(RATE)).toBe(
      'error rate 39%, rest 2%: +37.0 points (95% interval +22.0 to +52.0 points)',
    );
  });
  it('write losses as numbers, also where they lie between 0 and 1', () => {
    expect(effectText(LOSS)).toBe('mean loss 0.912, rest 0.123: +0.79 (95% interval +0.50 to +1.1)');
  });
  it('write a fall with its sign', () => {
    expect(effectText({ ...RATE, measure: 'accuracy', difference: -0.1, low: -0.2, high: -0.01 })).toContain(
      ': −10.0 points (95% interval −20.0 to −1.0 points)',
    );
  });
  it('state the severity in its unit', () => {
    const loss = InsightSeverityUnit.LOSS;
    expect(severityText({ share: 0.06, unit: loss })).toBe('6% of all loss');
    expect(severityText({ share: 0.0004, unit: loss })).toBe('less than 0.1% of all loss');
    expect(severityText({ share: 0, unit: loss })).toBe('no measurable loss');
    expect(severityText({ share: 0.0041, unit: InsightSeverityUnit.METRIC })).toBe(
      '0.41 points of the headline metric',
    );
  });
  it('write a number in its unit', () => {
    const units = InsightNumberUnit;
    const say = (unit: InsightNumberUnit, value: number): string => numberText({ unit, value }, RATE);
    expect(say(units.COUNT, 10_000)).toBe('10,000');
    expect(say(units.SHARE, 0.031)).toBe('3.1%');
    expect(say(units.POINTS, 0.0041)).toBe('0.41 points');
    expect(say(units.CHANCE, 0.0001)).toBe('less than 0.001');
    expect(say(units.MEASURE, 0.4)).toBe('40%');
    expect(say(units.UNSPECIFIED, 0.412_345)).toBe('0.412');
    expect(severityText({ share: 0.02, unit: InsightSeverityUnit.SAMPLES })).toBe('2% of all samples');
  });
  it('never write a chance as 0', () => {
    expect(chanceText(0)).toBe('less than 0.001');
    expect(chanceText(0.0412)).toBe('0.041');
    expect(chanceText(1)).toBe('1');
  });
});
