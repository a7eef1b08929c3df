import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { links } from './links.js';
import { sampleIdOfPath } from './sample-path.js';

describe('the id of a sample in an address', () => {
  for (const sampleId of ['7', 'a/b', 'a%2Fb', '100%', '../x?y=1#z', '<b>', 'عربي 👩‍🔬']) {
    it(`comes back unchanged: ${sampleId}`, () => {
      expect(
        sampleIdOfPath(
          new URL(links.sample('p', 'r', { split: Split.TEST, sampleId }), 'http://page.invalid').pathname,
        ),
      ).toBe(sampleId);
    });
  }

  it('is taken unchanged when it is not escaped correctly', () => {
    expect(sampleIdOfPath('/projects/p/runs/r/samples/test/100%')).toBe('100%');
  });

  it('is in no other address', () => {
    expect(sampleIdOfPath('/projects/p/runs/r/population')).toBeUndefined();
  });
});
