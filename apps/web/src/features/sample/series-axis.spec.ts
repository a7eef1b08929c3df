import { expect, it } from 'vitest';
import { axisText, axisTicks } from './series-axis.js';

it('steps are numbered without an axis', () => {
  expect(axisTicks(undefined, 10)).toEqual([
    { share: 0, text: '0' },
    { share: 1 / 3, text: '3' },
    { share: 2 / 3, text: '6' },
    { share: 1, text: '9' },
  ]);
  expect(axisTicks(undefined, 1)).toEqual([]);
  expect(axisTicks(undefined, 2).map(({ share }) => share)).toEqual([0, 1]);
});

it('positions have the unit of the axis', () => {
  expect(axisText({ unit: 's', start: 1, step: 0.25 }, 3)).toBe('1.75 s');
  expect(axisText({ step: 2 }, 3)).toBe('6');
  expect(axisTicks({ unit: 'm', at: [0, 1, 9] }, 3).map(({ share }) => share)).toEqual([0, 1 / 9, 1]);
});

it('a date is written as one, with the time of day where there is one', () => {
  const day = 86_400_000;
  expect(axisText({ unit: 'date', start: Date.UTC(2024, 2, 1), step: day }, 1)).toBe('2024-03-02');
  expect(axisText({ unit: 'date', start: Date.UTC(2024, 2, 1), step: day / 24 }, 1)).toBe('2024-03-01 01:00');
  expect(axisText({ unit: 'date', at: [9e15] }, 0)).toBe('9E15');
});
