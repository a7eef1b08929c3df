import { writeMatrix } from '@noema/artifacts';
import type { ArtifactRef } from '@noema/kernel';
import { writeRecordedResponses, writeResponseMatrices } from '@noema/population/files';
import type { RecordedLayer } from '@noema/population/rules';
import { beforeEach, describe, expect, it } from 'vitest';
import { artifact, epochOfRun } from '../../test/memory.js';
import { RecordedResponder } from './recorded.responder.js';

/** Two shards of 2 and 1 rows; layers `a` of two units, `b` of one, `c` of two. */
const LAYERS: readonly RecordedLayer[] = [
  { name: 'a', kind: 'Conv2d', units: 2, positionDims: [4, 4] },
  { name: 'b', kind: 'Linear', units: 1, positionDims: [] },
  { name: 'c', kind: 'Linear', units: 2, positionDims: [] },
];
const FIRST = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
const SECOND = Float32Array.of(-1, -2, -3, -4, -5);
const control = { signal: new AbortController().signal, progress: () => undefined };

const files = new Map<string, Uint8Array>();
let responder: RecordedResponder;

const put = (name: string, bytes: Uint8Array): ArtifactRef => {
  files.set(name, bytes);
  return artifact(name);
};
/** Maxima are ten times the means. */
const matrices = (name: string, mean: Float32Array, rows: number): ArtifactRef =>
  put(name, writeResponseMatrices({ mean, max: mean.map((value) => 10 * value), rows }));
const shard = (index: number, rowCount: number) => ({
  index,
  firstRow: 2 * index,
  rowCount,
  inputs: artifact('inputs'),
});
const recorded = (shards: readonly ArtifactRef[], layers = LAYERS) =>
  put('recorded', writeRecordedResponses({ layers, shards }));
const makeEpoch = (of: ArtifactRef, followed: readonly string[] = []) =>
  epochOfRun({ topology: undefined, weights: undefined, recorded: of, followed });

beforeEach(() => {
  files.clear();
  responder = new RecordedResponder({
    get: ({ sha256 }) =>
      files.has(sha256) ? Promise.resolve(files.get(sha256)!) : Promise.reject(new Error(`no ${sha256}`)),
  });
});

describe('recorded responses', () => {
  it('have the layers and the numbers that the client recorded, shard by shard', async () => {
    const epoch = makeEpoch(recorded([matrices('first', FIRST, 2), matrices('second', SECOND, 1)]));
    expect(await responder.findLayers(epoch)).toEqual(LAYERS);
    const rows: number[] = [];
    expect(
      await responder.respond(epoch, shard(0, 2), { ...control, progress: (done) => rows.push(done) }),
    ).toEqual({ mean: FIRST, max: FIRST.map((value) => 10 * value) });
    expect(rows).toEqual([2]);
    expect((await responder.respond(epoch, shard(1, 1), control)).mean).toEqual(SECOND);
  });

  it('have the columns of the followed layers alone, in the order of the file', async () => {
    const epoch = makeEpoch(recorded([matrices('first', FIRST, 2)]), ['c', 'a']);
    expect((await responder.findLayers(epoch)).map(({ name }) => name)).toEqual(['a', 'c']);
    expect(await responder.respond(epoch, shard(0, 2), control)).toEqual({
      mean: Float32Array.of(1, 2, 4, 5, 6, 7, 9, 10),
      max: Float32Array.of(10, 20, 40, 50, 60, 70, 90, 100),
    });
  });

  it('are refused for a followed layer that the client did not record', async () => {
    const epoch = makeEpoch(recorded([]), ['a', 'd']);
    await expect(responder.findLayers(epoch)).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'LAYER_UNKNOWN',
      message: expect.stringMatching(/layer "d", .* a, b, c/) as string,
    });
  });

  it('are refused without any layer', async () => {
    await expect(responder.findLayers(makeEpoch(recorded([], [])))).rejects.toMatchObject({
      kind: 'data-loss',
      reason: 'RECORDED_LAYERS_MISSING',
    });
  });

  it.each([
    ['no file for the shard', 1, 1, 'RECORDED_SHARD_MISSING', /have 1 shards, none for shard 1/],
    ['fewer rows than the shard', 0, 3, 'RECORDED_ROWS_DIFFER', /2 rows in shard 0, .* 3 samples/],
    ['more rows than the shard', 0, 1, 'RECORDED_ROWS_DIFFER', /2 rows in shard 0, .* 1 samples/],
  ])('are refused with %s', async (_, index, rowCount, reason, message) => {
    const epoch = makeEpoch(recorded([matrices('first', FIRST, 2)]));
    await expect(responder.respond(epoch, shard(index, rowCount), control)).rejects.toMatchObject({
      kind: 'data-loss',
      reason,
      message: expect.stringMatching(message) as string,
      metadata: { run_id: epoch.runId, epoch: '1' },
    });
  });

  it.each(['mean', 'max'])('are refused where the column `%s` lacks a unit of the layers', async (column) => {
    const bytes = writeMatrix(
      ['mean', 'max'].map((name) =>
        name === column
          ? { name, data: FIRST.slice(0, 8), rows: 2, dims: [4] }
          : { name, data: FIRST, rows: 2, dims: [5] },
      ),
    );
    const epoch = makeEpoch(recorded([put('first', bytes)]));
    await expect(responder.respond(epoch, shard(0, 2), control)).rejects.toMatchObject({
      kind: 'data-loss',
      reason: 'RECORDED_UNITS_DIFFER',
      message: expect.stringContaining(`8 numbers in column "${column}" of shard 0`) as string,
    });
  });

  it('are not read for a job that was cancelled', async () => {
    const epoch = makeEpoch(recorded([matrices('first', FIRST, 2)]));
    await expect(
      responder.respond(epoch, shard(0, 2), { ...control, signal: AbortSignal.abort() }),
    ).rejects.toThrow(/abort/);
  });
});
