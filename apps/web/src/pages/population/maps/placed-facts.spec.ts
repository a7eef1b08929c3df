import { describe, expect, it } from 'vitest';
import { placedFacts } from './placed-facts.js';

const placed = {
  sampleCount: 90,
  k: 15,
  knnOverlap: 0.25,
  labelAgreementMap: 0.9,
  labelAgreementVectors: 0.95,
  distanceRatio: 1.7345,
} as never;
const trust = { knnOverlap: 0.31 } as never;

describe('what is reported about placed samples', () => {
  it('are the share of kept neighbors next to the share of own samples, and the distance from the map', () => {
    const [kept, distance, labels, ...more] = placedFacts(placed, trust, true);
    expect([kept!.value, kept!.beside]).toEqual(['25.00%', 'own 31.00%']);
    expect(kept!.help).toMatch(/15 samples of the map/);
    expect(distance!.value).toBe('1.7 ×');
    expect(distance!.help).toMatch(/90 placed samples/);
    expect(labels!.help).toMatch(/90\.00% in the map, 95\.00% for the model/);
    expect(more).toEqual([]);
  });

  it('leaves out labels where there are none', () => {
    expect(placedFacts(placed, trust, false).map(({ name }) => name)).toEqual([
      'Neighbors kept',
      'Distance to the map',
    ]);
  });
});
