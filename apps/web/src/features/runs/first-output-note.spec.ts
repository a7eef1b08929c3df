import { expect, it } from 'vitest';
import { noteFirstOutput } from './first-output-note.js';

it('says which of several outputs numbers are of, and nothing for one', () => {
  expect([[], ['digit']].map(noteFirstOutput)).toEqual([undefined, undefined]);
  expect(noteFirstOutput(['place', 'corner'])).toBe(
    'Classes and predictions are of place, the first of 2 outputs; losses are the sum of all.',
  );
});
