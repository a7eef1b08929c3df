import { seededRandom } from '@noema/kernel';
import { exactNeighbors, points, trust } from '@noema/manifold';
import { describe, expect, it } from 'vitest';
import { type Exploration, USUAL_MEASURES } from './exploration.js';
import { computeChance, listWarnings } from './exploration.warnings.js';

const TRUST = {
  k: 15,
  trustworthiness: 0.98,
  continuity: 0.97,
  labelAgreementMap: 0.9,
  labelAgreementVectors: 0.95,
};
const made = (more: object = {}, of: object = {}): Exploration =>
  ({
    trust: { ...TRUST, ...more },
    measures: USUAL_MEASURES,
    pointCount: 1_000,
    classNeighbors: [{ classIndex: 0, nearestClassIndex: 1, distance: 2 }],
    ...of,
  }) as unknown as Exploration;
const reasons = (exploration: Exploration): string[] => listWarnings(exploration).map(({ reason }) => reason);

describe('what speaks against a map', () => {
  it('is nothing where it is good, and where it is not made yet', () => {
    expect(listWarnings(made())).toEqual([]);
    expect(listWarnings(made({}, { trust: undefined }))).toEqual([]);
  });

  it('is trust near chance, with the numbers', () => {
    const [warning] = listWarnings(made({ trustworthiness: 0.506, continuity: 0.51 }));
    expect(warning).toMatchObject({ reason: 'NO_BETTER_THAN_RANDOM' });
    expect(warning!.message).toMatch(
      /trustworthiness 0\.506 and continuity 0\.510: a map of random places has about 0\.50/,
    );
    expect(reasons(made({ trustworthiness: 0.9, continuity: 0.55 }))).toEqual(['NO_BETTER_THAN_RANDOM']);
    expect(reasons(made({ trustworthiness: 0.65, continuity: 0.65 }))).toEqual([]);
  });

  it('is too few samples, unless as few neighbours were requested', () => {
    expect(reasons(made({ k: 5 }, { pointCount: 12 }))).toEqual(['FEW_SAMPLES']);
    expect(
      reasons(made({ k: 5 }, { pointCount: 12, measures: { ...USUAL_MEASURES, trustNeighbors: 5 } })),
    ).toEqual([]);
  });

  it('is the absence of labels, or of a second class', () => {
    expect(
      reasons(
        made({ labelAgreementMap: undefined, labelAgreementVectors: undefined }, { classNeighbors: [] }),
      ),
    ).toEqual(['LABELS_ABSENT']);
    expect(reasons(made({}, { classNeighbors: [] }))).toEqual(['ONE_CLASS']);
  });

  it.each([
    [12, 5],
    [60, 15],
    [300, 15],
  ])('chance is the trust that a map of %i random places has', async (n, k) => {
    let sum = 0;
    const repeats = 3_000 / n;
    for (let seed = 0; seed < repeats; seed++) {
      const random = seededRandom(seed, n);
      const cloud = points(Float32Array.from({ length: n * 5 }, random), 5);
      sum +=
        (await trust(cloud, exactNeighbors(cloud, k), Float32Array.from({ length: n * 2 }, random), { k }))
          .trustworthiness / repeats;
    }
    expect(Math.abs(sum - computeChance(n, k))).toBeLessThan(0.015);
  });
});
