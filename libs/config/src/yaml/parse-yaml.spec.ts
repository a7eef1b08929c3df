import { describe, expect, it } from 'vitest';
import { parseYaml } from './parse-yaml.js';

describe('parseYaml', () => {
  it('returns plain values', () => {
    expect(parseYaml('version: 1\nslices: { dim: { where: "x < 1" } }', 'noema.yaml')).toEqual({
      version: 1,
      slices: { dim: { where: 'x < 1' } },
    });
  });

  it.each([
    ['a: 1\nb: [1, 2', 'noema.yaml: line 2: '],
    ['a: 1\na: 2', 'noema.yaml: line 2: Map keys must be unique'],
    [`a: "${'x'.repeat(2 ** 20)}"`, 'more than 1048576 characters'],
    [
      ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
        .concat(Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(10)}]`))
        .join('\n'),
      'Excessive alias count',
    ],
  ])('refuses a faulty file with its line', (text, message) => {
    expect(() => parseYaml(text, 'noema.yaml')).toThrow(message);
  });
});
