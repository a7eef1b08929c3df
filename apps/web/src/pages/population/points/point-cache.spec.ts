import { describe, expect, it } from 'vitest';
import type { ColumnRequest, PointColumns } from '../../../api/point-columns.js';
import { domainKey, PointCache, type PointScope } from './point-cache.js';

const scope: PointScope = { explorationId: 'map-1', runId: 'run', epoch: 1, datasetVersionId: 'data' };

function loader(points = 4) {
  const asked: ColumnRequest[] = [];
  const load = async (request: ColumnRequest): Promise<PointColumns> => {
    asked.push(request);
    return {
      count: points,
      loaded: points,
      dimensions: 2,
      stride: 1,
      toRow: (p: number) => p,
      toPoint: (r: number) => r,
      texts: new Map(),
      codes: new Map(),
      numbers: new Map(request.columns.map((name) => [name, new Float32Array(points).fill(asked.length)])),
    };
  };
  return { asked, load };
}

describe('the cache of columns', () => {
  it('asks once for what is of the data or of the epoch, whichever map shows it', async () => {
    const { asked, load } = loader();
    const cache = new PointCache(load);
    await cache.want(scope, ['x', 'loss', 'metadata.ink']);
    await cache.want({ ...scope, explorationId: 'map-2' }, ['x', 'loss', 'metadata.ink']);
    await cache.want({ ...scope, explorationId: 'map-3', epoch: 2 }, ['x', 'loss', 'metadata.ink']);
    expect(asked.map((request) => [request.explorationId, ...request.columns])).toEqual([
      ['map-1', 'x', 'loss', 'metadata.ink'],
      ['map-2', 'x'],
      ['map-3', 'x', 'loss'],
    ]);
  });

  it('asks for the columns of each output anew in another epoch or run', async () => {
    const { asked, load } = loader();
    const cache = new PointCache(load);
    const columns = ['outputs.corner.correct', 'outputs.corner.true_class'];
    await cache.want(scope, columns);
    await cache.want({ ...scope, explorationId: 'map-2', epoch: 2 }, columns);
    await cache.want({ ...scope, explorationId: 'map-3', runId: 'other' }, columns);
    expect(asked.map((request) => [request.explorationId, ...request.columns])).toEqual([
      ['map-1', ...columns],
      ['map-2', ...columns],
      ['map-3', ...columns],
    ]);
  });

  it(
    'keeps all columns of a map in which other data were placed under that map, with an order and scales ' +
      'of its own',
    async () => {
      const { asked, load } = loader();
      const cache = new PointCache(async (request) => ({
        ...(await load(request)),
        count: request.explorationId === 'map-4' ? 6 : 4,
      }));
      const both = { ...scope, explorationId: 'map-4', placed: { firstRow: 4, datasetVersionId: 'other' } };
      await cache.want(scope, ['x', 'loss', 'metadata.ink']);
      await cache.want(both, ['x', 'loss', 'metadata.ink']);
      expect(asked.map((request) => [request.explorationId, ...request.columns])).toEqual([
        ['map-1', 'x', 'loss', 'metadata.ink'],
        ['map-4', 'x', 'loss', 'metadata.ink'],
      ]);
      expect([cache.findOrder(scope)?.count, cache.findOrder(both)?.count]).toEqual([4, 6]);
      expect([
        cache.find(scope, 'metadata.ink')?.values[0],
        cache.find(both, 'metadata.ink')?.values[0],
      ]).toEqual([1, 2]);
      // Losses are from the run in both; metadata are of other samples, too.
      expect(domainKey(both, 'loss')).toBe(domainKey(scope, 'loss'));
      expect([domainKey(both, 'metadata.ink'), domainKey(both, 'trust')]).toEqual([
        'map-4 metadata.ink',
        'map-4 trust',
      ]);
    },
  );

  it('gives a late subscriber all that a stream on its way has brought, and then of each part', async () => {
    let bring: (loaded: number) => void = () => undefined;
    let end: () => void = () => undefined;
    const { load } = loader();
    const cache = new PointCache(async (request) => {
      const columns = await load(request);
      let from = 0;
      bring = (loaded) => {
        request.onBatch?.({ ...columns, loaded }, from);
        from = loaded;
      };
      await new Promise<void>((resolve) => {
        end = resolve;
      });
      return columns;
    });
    const heard: string[] = [];
    const listen = (who: string) => ({
      onBatch: ({ loaded }: PointColumns, from: number) => {
        heard.push(`${who} ${from}-${loaded}`);
      },
    });
    const early = cache.want(scope, ['x', 'y'], listen('early'));
    await Promise.resolve();
    bring(1);
    bring(2);
    const late = cache.want(scope, ['x', 'y'], listen('late'));
    bring(4);
    end();
    await Promise.all([early, late]);
    expect(heard).toEqual(['early 0-1', 'early 1-2', 'late 0-2', 'early 2-4', 'late 2-4']);
  });

  it('asks once for what is on its way', async () => {
    const { asked, load } = loader();
    const cache = new PointCache(load);
    await Promise.all([cache.want(scope, ['x', 'y']), cache.want(scope, ['y', 'loss'])]);
    expect(asked.map((request) => request.columns)).toEqual([['x', 'y'], ['loss']]);
    expect(cache.find(scope, 'y')).toBeDefined();
  });

  it('asks again after a failure', async () => {
    let failures = 1;
    const { load } = loader();
    const cache = new PointCache((request) =>
      failures-- > 0 ? Promise.reject(new Error('away')) : load(request),
    );
    await expect(cache.want(scope, ['x'])).rejects.toThrow('away');
    await cache.want(scope, ['x']);
    expect(cache.find(scope, 'x')).toBeDefined();
  });

  it('lets go of what was not used for longest', async () => {
    const { load } = loader(1_000);
    const cache = new PointCache(load, 20_000);
    for (let i = 0; i < 20; i++) {
      await cache.want({ ...scope, explorationId: `map-${i}` }, ['x']);
      cache.find({ ...scope, explorationId: 'map-0' }, 'x');
    }
    expect(cache.find({ ...scope, explorationId: 'map-1' }, 'x')).toBeUndefined();
    expect(cache.find({ ...scope, explorationId: 'map-0' }, 'x')).toBeDefined();
  });

  it('computes a column again that was dropped while it was computed', async () => {
    let computed = 0;
    const cache: PointCache = new PointCache(loader().load, undefined, () => {
      const values = Uint8Array.of(++computed);
      // Somebody changes a slice.
      if (computed === 1) cache.forget('slice');
      return Promise.resolve([{ name: 'slice', kind: 'code', values, missing: 255, names: [] }]);
    });
    await cache.want(scope, ['slice']);
    expect(cache.find(scope, 'slice')?.values).toEqual(Uint8Array.of(2));
    await cache.want(scope, ['slice']);
    expect(computed).toBe(2);
  });
});
