import { SimilarityService } from '@noema/contracts/noema/similarity/v1/similarity_service';
import { IndexKind } from '@noema/contracts/noema/similarity/v1/index';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { seededRandom } from '@noema/kernel';
import {
  countDimensions,
  fitBasis,
  computeMoments,
  project,
  type PerceptionSpace,
  type ResponseLayout,
} from '@noema/perception';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Planted, type Platform, type Sample, startPlatform } from './platform.js';

const layout: ResponseLayout = { layers: ['early', 'middle', 'late'].map((name) => ({ name, units: 6 })) };
const n = 400;
const d = 18;
const random = seededRandom(77);
/** Row i looks like the rows of i % 7 to the early layer, and like the rows of i % 5 to the late one. */
const responses = Float32Array.from({ length: n * d }, (_, at) => {
  const [row, unit] = [Math.floor(at / d), at % d];
  const near = unit < 6 ? row % 7 === unit : unit >= 12 ? row % 5 === unit - 12 : false;
  return (near ? 3 : 0) + random();
});
const moments = computeMoments(responses, d);
/**
 * All distances of a space by its own basis with nothing left out: what a set of that space would be searched
 * by.
 */
function nearest(space: PerceptionSpace, k: number): number[] {
  const basis = fitBasis(moments, layout, space, { varianceKept: 1, maxDimensions: d });
  const width = countDimensions(basis);
  const vectors = project(basis, responses);
  const far = (row: number): number =>
    Math.hypot(...Array.from({ length: width }, (_, c) => vectors[c]! - vectors[row * width + c]!));
  return Array.from({ length: n - 1 }, (_, at) => at + 1)
    .sort((a, b) => far(a) - far(b))
    .slice(0, k);
}

let platform: Platform;
let planted: Planted;
const find = (request: object = {}) =>
  platform.client(SimilarityService, planted.teamId).findSimilar({
    activationSetId: planted.activationSetId,
    k: 20,
    queries: [{ split: Split.TEST, sampleId: 's0' }],
    ...request,
  });
const findRows = async (request: object): Promise<number[]> =>
  (await find(request)).similar.map(({ row }) => row);

/** The set's own space leaves the early layer out, so the scales of all layers come from the moments. */
beforeAll(async () => {
  platform = await startPlatform();
  const basis = fitBasis(moments, layout, { kind: 'concept' });
  const width = countDimensions(basis);
  const vectors = project(basis, responses);
  const samples = Array.from(
    { length: n },
    (_, row): Sample => ({
      split: 'test',
      id: `s${row}`,
      label: row % 5,
      ink: row / n,
      vector: [...vectors.subarray(row * width, (row + 1) * width)],
    }),
  );
  planted = await platform.plant(samples);
  await platform.plantResponses(planted, { responses, moments, basis });
  await platform.announce(planted, samples);
  await waitFor(
    () =>
      find().then(
        () => true,
        () => false,
      ),
    { what: 'the set to be searched', timeoutMs: 150_000 },
  );
});
afterAll(() => platform.stop());

describe('similar at a depth', () => {
  it.each([
    [0, { kind: 'appearance' }],
    [0.5, { kind: 'all' }],
    [1, { kind: 'concept' }],
    [0.25, { kind: 'custom', weights: { early: 1, middle: 1, late: 0.5 } }],
  ] as const)('%d is what a set of its space would find', async (depth, space) => {
    expect(await findRows({ depth })).toEqual(nearest(space, 20));
  });

  it('goes from what looks alike early to what is alike late', async () => {
    const share = (rows: readonly number[], of: number): number =>
      rows.filter((row) => row % of === 0).length / rows.length;
    const [early, late] = [await findRows({ depth: 0 }), await findRows({ depth: 1 })];
    expect(share(early, 7)).toBeGreaterThan(0.8);
    expect(share(late, 5)).toBeGreaterThan(0.8);
    expect(share(late, 7)).toBeLessThan(0.5);
  });

  it('states that all were measured, and similarities between 0 and 1 on the scale of this depth', async () => {
    const { similar, recall, indexKind } = await find({ depth: 0.3 });
    expect({ recall, indexKind }).toEqual({ recall: 1, indexKind: IndexKind.EXACT });
    expect(similar.every(({ similarity }) => similarity > 0.2 && similarity < 1)).toBe(true);
    expect(similar.map(({ distance }) => distance)).toEqual(
      similar.map(({ distance }) => distance).sort((a, b) => a - b),
    );
  });

  it('by named layers, several queries and a filter', async () => {
    const found = await findRows({
      layerWeights: [{ layer: 'late', weight: 1 }],
      filter: 'class_name = "0"',
      k: 10,
    });
    expect(found).toEqual(
      nearest({ kind: 'layer', layer: 'late' }, 120)
        .filter((row) => row % 5 === 0)
        .slice(0, 10),
    );
    expect(
      await findRows({
        depth: 0,
        queries: [0, 7].map((row) => ({ split: Split.TEST, sampleId: `s${row}` })),
      }),
    ).not.toContain(7);
  });

  it.each([1e300, 1e-300, 3, 5e-324])('only the ratio of weights counts: %d is 1', async (weight) => {
    const one = await find({
      layerWeights: [
        { layer: 'late', weight: 1 },
        { layer: 'early', weight: 0.5 },
      ],
    });
    const scaled = await find({
      layerWeights: [
        { layer: 'late', weight },
        { layer: 'early', weight: weight === 5e-324 ? 0 : weight / 2 },
      ],
    });
    if (weight === 5e-324)
      expect(scaled.similar.every(({ distance }) => Number.isFinite(distance))).toBe(true);
    else expect(scaled).toEqual(one);
  });

  it('squared distances take the square of a weight, and no more is found than there is', async () => {
    const squares = async (layerWeights: object[]): Promise<Map<number, number>> =>
      new Map(
        (await find({ k: 1000, layerWeights })).similar.map(({ row, distance }) => [row, distance ** 2]),
      );
    const [early, late] = [
      await squares([{ layer: 'early', weight: 1 }]),
      await squares([{ layer: 'late', weight: 1 }]),
    ];
    const both = await squares([
      { layer: 'early', weight: 0.3 },
      { layer: 'late', weight: 1 },
    ]);
    expect(both.size).toBe(n - 1);
    for (const [row, square] of both) expect(square).toBeCloseTo(0.09 * early.get(row)! + late.get(row)!, 3);
    expect(await find({ depth: 0.3, filter: 'metadata.ink > 7' })).toMatchObject({
      similar: [],
      candidateCount: 0,
    });
  });

  it.each([
    ['a depth beyond the layers', { depth: 1.5 }, 'DEPTH_INVALID'],
    [
      'depth and weights at once',
      { depth: 0.5, layerWeights: [{ layer: 'late', weight: 1 }] },
      'WEIGHTING_AMBIGUOUS',
    ],
    ['an index together with a depth', { depth: 0.5, indexKind: IndexKind.EXACT }, 'WEIGHTING_WITH_INDEX'],
    ['a layer that is not there', { layerWeights: [{ layer: 'conv9', weight: 1 }] }, 'LAYER_UNKNOWN'],
    [
      'a layer named twice',
      {
        layerWeights: [
          { layer: 'late', weight: 1 },
          { layer: 'late', weight: 3 },
        ],
      },
      'LAYER_NAMED_TWICE',
    ],
    ['a weight below 0', { layerWeights: [{ layer: 'late', weight: -1 }] }, 'SPACE_WEIGHTS'],
    ['an infinite weight', { layerWeights: [{ layer: 'late', weight: Infinity }] }, 'SPACE_WEIGHTS'],
    ['a weight that is no number', { layerWeights: [{ layer: 'late', weight: NaN }] }, 'SPACE_WEIGHTS'],
    ['no weight at all', { layerWeights: [{ layer: 'late', weight: 0 }] }, 'SPACE_WEIGHTS'],
  ])('%s is refused', async (_name, request, reason) => {
    await expect(find(request)).rejects.toMatchObject({ kind: 'invalid', reason });
  });
});

describe('similar to samples of other data', () => {
  let other: Planted;
  const news = responses.slice(5 * d, 12 * d).map((value) => value * 1.01);
  const query = { split: Split.TEST, sampleId: 'new3' };
  beforeAll(async () => {
    const basis = fitBasis(moments, layout, { kind: 'concept' });
    other = await platform.plant(
      Array.from(
        { length: 7 },
        (_, row): Sample => ({ split: 'test', id: `new${row}`, label: 0, ink: 0, vector: [] }),
      ),
      { teamId: planted.teamId, projectId: planted.projectId },
    );
    await platform.plantResponses(other, { responses: news, moments, basis }, planted.activationSetId);
  });

  it('are the nearest of the stored set to the projected vector; none is left out for being the query', async () => {
    const basis = fitBasis(moments, layout, { kind: 'concept' });
    const k = countDimensions(basis);
    const all = project(basis, responses);
    const own = project(basis, news).subarray(3 * k, 4 * k);
    const far = (row: number): number => Math.hypot(...own.map((value, c) => value - all[row * k + c]!));
    const oracle = Array.from({ length: n }, (_, row) => row)
      .sort((a, b) => far(a) - far(b))
      .slice(0, 20);
    expect(oracle[0]).toBe(8);
    const { similar } = await find({ querySetId: other.activationSetId, queries: [query] });
    expect(similar.map(({ row }) => row)).toEqual(oracle);
    expect(similar[0]!.sample!.sampleId).toBe('s8');
  });

  it(
    'are refused for a set in another basis, a sample that it does not have, a weighting, and another ' +
      'team',
    async () => {
      const ask = { querySetId: other.activationSetId, queries: [query] };
      const stray = await platform.plant([{ split: 'test', id: 'x', label: 0, ink: 0, vector: [] }], {
        teamId: planted.teamId,
      });
      await platform.plantResponses(stray, { responses: news, moments, basis: fitBasis(moments, layout) });
      await expect(find({ ...ask, querySetId: stray.activationSetId })).rejects.toMatchObject({
        kind: 'precondition',
        reason: 'SET_NOT_PROJECTED',
      });
      await expect(find({ ...ask, queries: [{ split: Split.TEST, sampleId: 's0' }] })).rejects.toMatchObject({
        reason: 'SAMPLE_NOT_FOUND',
      });
      await expect(find({ ...ask, depth: 0.5 })).rejects.toMatchObject({
        reason: 'WEIGHTING_WITH_PROJECTION',
      });
      await expect(
        platform
          .client(SimilarityService, 'f0000000-0000-4000-8000-000000000000')
          .findSimilar({ ...ask, activationSetId: planted.activationSetId, k: 1 }),
      ).rejects.toMatchObject({ kind: 'not-found' });
    },
  );
});
