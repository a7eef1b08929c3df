import { describe, expect, it } from 'vitest';
import { gradientRules } from '../src/index.js';
import { gradientError } from './finite-differences.js';
import { gradientCases as cases } from './gradient-cases.js';

describe('gradients equal finite differences', () => {
  for (const symbolic of [false, true]) {
    it.each(cases.map((test) => [test.name, test] as const))(
      `%s${symbolic ? ', shapes unknown' : ''}`,
      async (_, test) => {
        const { error, dataType } = await gradientError(test, { symbolic });
        expect(error).toBeLessThan(dataType === 'float64' ? 1e-6 : 2e-2);
      },
    );
  }
});

it('tests every operator that has a gradient', () => {
  const named = new Set(cases.map(({ name }) => name.split(/[ ,]/)[0]));
  expect(gradientRules.keys().filter((key) => !named.has(key))).toEqual([]);
});
