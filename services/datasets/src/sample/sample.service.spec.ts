import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, oneVersion, readyVersion, shardsOfHundred } from '../../test/ready-version.js';
import type { Sample, SampleQuery } from './sample.js';
import { SampleService } from './sample.service.js';

const TEAM = 'team';
const { signal } = new AbortController();
const version = readyVersion();
const sample = (row: number): Sample => ({
  split: 'training',
  sampleId: `s${row}`,
  row,
  classIndex: 0,
  className: 'zero',
  metadata: {},
});
const samples = [0, 1, 2, 250, 4].map(sample);
const request = { filter: '', orderBy: '', pageSize: 2, pageToken: '', rows: [] };

/** Queries of the table, and reads of pictures. */
let queries: SampleQuery[];
let compared: string[];
let service: SampleService;

beforeEach(() => {
  [queries, compared] = [[], []];
  service = new SampleService(
    oneVersion(version),
    shardsOfHundred,
    {
      query: (_table, query) => {
        queries.push(query);
        const { offset, limit } = query;
        return Promise.resolve({ samples: samples.slice(offset, offset + limit), total: samples.length });
      },
      find: (_table, split, id) =>
        Promise.resolve(samples.find((each) => each.split === split && each.sampleId === id)),
      compare: (_table, { name, type, field }) => {
        compared.push(field);
        const none = { chiSquared: 0, values: 0, selectedMean: 0, restMean: 0, bins: [] };
        const difference = name === 'size' ? 0.9 : 0;
        return Promise.resolve({ name, type, selected: 300, rest: 300, difference, ...none });
      },
    },
    {
      get: ({ visuals }, visualizer, row) =>
        Promise.resolve({
          mediaType: visualizer,
          bytes: Uint8Array.of(row),
          sha256: visuals?.uri ?? 'no visuals',
        }),
    },
  );
});

describe('listing samples', () => {
  it('pages through all that match', async () => {
    const pages: string[] = [];
    let pageToken = '';
    do {
      const page = await service.list(TEAM, version.id, { ...request, pageToken });
      pages.push(page.samples.map(({ sampleId }) => sampleId).join(' '));
      expect(page.total).toBe(5);
      pageToken = page.nextPageToken;
    } while (pageToken !== '' && pages.length < 5);
    expect(pages).toEqual(['s0 s1', 's2 s250', 's4']);
  });

  it('refuses the token of another query', async () => {
    const { nextPageToken } = await service.list(TEAM, version.id, request);
    for (const change of [{ filter: 'row > 1' }, { orderBy: 'row desc' }, { rows: [1] }])
      await expect(
        service.list(TEAM, version.id, { ...request, ...change, pageToken: nextPageToken }),
      ).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
  });

  it('sorts by metadata, and by the name of the class as `label`', async () => {
    await service.list(TEAM, version.id, { ...request, orderBy: 'metadata.size desc' });
    await service.list(TEAM, version.id, { ...request, orderBy: 'label' });
    expect(queries.map(({ order }) => order)).toMatchObject([
      { field: 'metadata.size' },
      { field: 'class_name' },
    ]);
  });

  it.each([
    ['FILTER_INVALID', { filter: 'height > 2' }],
    ['ORDER_BY_INVALID', { orderBy: 'height' }],
  ])('is refused with %s for %o', async (reason, change) => {
    await expect(service.list(TEAM, version.id, { ...request, ...change })).rejects.toMatchObject({ reason });
    expect(queries).toEqual([]);
  });
});

describe('one sample', () => {
  it('is found by split and id', async () => {
    expect(await service.get(TEAM, version.id, 'training', 's250')).toEqual(sample(250));
    await expect(service.get(TEAM, version.id, 'test', 's250')).rejects.toMatchObject({
      reason: 'SAMPLE_NOT_FOUND',
    });
  });

  it('has the visual of its row in the shard; `default` is the first visualizer', async () => {
    const address = { split: 'training', sampleId: 's250' } as const;
    const { uri } = artifact('visuals-2');
    for (const [asked, visualizer] of [
      ['default', 'image'],
      ['caption', 'caption'],
    ] as const)
      expect(await service.visual(TEAM, version.id, { ...address, visualizer: asked })).toEqual({
        mediaType: visualizer,
        bytes: Uint8Array.of(50),
        sha256: uri,
      });
    await expect(service.visual(TEAM, version.id, { ...address, visualizer: 'sound' })).rejects.toMatchObject(
      { reason: 'VISUALIZER_NOT_FOUND' },
    );
  });
});

describe('comparing metadata', () => {
  const half = { rows: Array.from({ length: 300 }, (_, row) => row), bitmap: new Uint8Array() };

  it('compares split, class and every metadata column, the largest difference first', async () => {
    const { columns, selected, rest } = await service.compare(TEAM, version.id, half, signal);
    expect(compared).toEqual(['split', 'class_name', 'metadata.size']);
    expect(columns.map(({ name }) => name)).toEqual(['size', 'class_name', 'split']);
    expect([selected, rest]).toEqual([300, 300]);
  });

  it('stops when its caller leaves', async () => {
    const left = AbortSignal.abort(new Error('left'));
    await expect(service.compare(TEAM, version.id, half, left)).rejects.toThrow('left');
    expect(compared).toEqual([]);
  });

  it('needs a selection', async () => {
    await expect(service.compare(TEAM, version.id, undefined, signal)).rejects.toMatchObject({
      reason: 'SELECTION_MISSING',
    });
  });
});
