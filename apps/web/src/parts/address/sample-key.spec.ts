import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { describe, expect, it } from 'vitest';
import { sampleKey, sampleKeys, sampleOfKey, samplesOfKeys } from './sample-key.js';

describe('sample keys', () => {
  it('name split and id', () => {
    expect(sampleKey({ split: Split.VALIDATION, sampleId: '5-593' })).toBe('validation/5-593');
  });

  it.each(['a', 'a/b', 'a,b', '%2C', 'ä ?&#', '100%'])(
    'bring back the id %s, alone and among others',
    (sampleId) => {
      const sample = { split: Split.TRAINING, sampleId };
      expect(sampleOfKey(sampleKey(sample))).toEqual(sample);
      expect(samplesOfKeys(sampleKeys([sample, sample]))).toEqual([sample, sample]);
    },
  );

  it.each(['', 'training', 'training/', 'nowhere/1', '/1'])('find no sample in "%s"', (key) => {
    expect(sampleOfKey(key)).toBeUndefined();
    expect(samplesOfKeys(key)).toEqual([]);
  });
});
