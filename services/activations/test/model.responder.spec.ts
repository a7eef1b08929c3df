import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactKey, FileArtifactStore, writeMatrix } from '@noema/artifacts';
import { DEFAULT_WORKER_BYTES } from '@noema/engine';
import type { ArtifactRef } from '@noema/kernel';
import { compileLayers, encodeWeights, layersArtifact } from '@noema/layers';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelResponder } from '../src/engine/model.responder.js';

interface Reference {
  readonly sizes: readonly number[];
  readonly inputs: readonly (readonly number[])[];
  readonly responses: readonly (readonly number[])[];
}

const references = JSON.parse(
  readFileSync(new URL('../../test/fixtures/dense.json', import.meta.url), 'utf8'),
) as Record<string, Reference>;
const folder = mkdtempSync(join(tmpdir(), 'noema-responder-'));
const store = new FileArtifactStore(folder);
const responder = new ModelResponder(store, {
  engineThreads: 2,
  engineBackend: 'cpu',
  workerBytes: DEFAULT_WORKER_BYTES,
});
afterAll(async () => {
  await responder.onApplicationShutdown();
  rmSync(folder, { recursive: true });
});

const [teamId, projectId] = [randomUUID(), randomUUID()];
const put = (bytes: Uint8Array): Promise<ArtifactRef> =>
  store.put(
    artifactKey({ teamId, projectId, kind: 'world', id: randomUUID(), part: 'part' }),
    bytes,
    'application/octet-stream',
  );

/** A classifier of dense layers alone: ReLU, and softmax at the end. */
const makeTopology = (width: number, sizes: readonly number[]): object => ({
  class_name: 'Sequential',
  config: {
    name: 'dense',
    layers: [
      { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, width], dtype: 'float32' } },
      ...sizes.map((units, k) => ({
        class_name: 'Dense',
        config: { name: `dense${k}`, units, activation: k === sizes.length - 1 ? 'softmax' : 'relu' },
      })),
    ],
  },
});

/** The weights of bench/reference/dense.py. */
function makeWeights(width: number, sizes: readonly number[]): Map<string, Float32Array> {
  return new Map(
    sizes.flatMap((units, k) => {
      const inputs = k === 0 ? width : sizes[k - 1]!;
      const values = Float32Array.from(
        { length: (inputs + 1) * units },
        (_, i) => (Math.sin((i + 1) * (k + 1)) * 2) / Math.sqrt(inputs),
      );
      return [
        [`dense${k}/kernel`, values.slice(0, inputs * units)],
        [`dense${k}/bias`, values.slice(inputs * units)],
      ] as const;
    }),
  );
}

async function makeEpoch(width: number, sizes: readonly number[]) {
  const topology = makeTopology(width, sizes);
  const model = compileLayers(topology, { mode: 'inference' });
  return {
    projectId,
    runId: randomUUID(),
    epoch: 1,
    datasetVersionId: randomUUID(),
    modelVersionId: randomUUID(),
    followed: [],
    topology: await put(new TextEncoder().encode(JSON.stringify(layersArtifact(topology, model.parameters)))),
    weights: await put(encodeWeights(model.parameters, makeWeights(width, sizes))),
  };
}

describe('the responses of a network without positions', () => {
  it.each(Object.keys(references))('have means and maxima alike, equal to numpy on %s', async (table) => {
    const { sizes, inputs, responses } = references[table]!;
    const width = inputs[0]!.length;
    const rows = inputs.length;
    const epoch = await makeEpoch(width, sizes);
    const shard = {
      index: 0,
      firstRow: 0,
      rowCount: rows,
      inputs: await put(
        writeMatrix([{ name: 'x', data: Float32Array.from(inputs.flat()), rows, dims: [width] }]),
      ),
    };
    const { mean, max } = await responder.respond(epoch, shard, {
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    expect(mean).toHaveLength(rows * sizes.reduce((a, b) => a + b));
    responses.flat().forEach((value, i) => {
      expect(mean[i]).toBeCloseTo(value, 4);
    });
    expect(max).toEqual(mean);
  });

  it('are the same where the data write a last axis of size 1', async () => {
    const { sizes, inputs } = Object.values(references)[0]!;
    const [width, rows] = [inputs[0]!.length, inputs.length];
    const epoch = await makeEpoch(width, sizes);
    const [plain, nested] = await Promise.all(
      [[width], [width, 1]].map(async (dims) => {
        const data = Float32Array.from(inputs.flat());
        const matrix = await put(writeMatrix([{ name: 'x', data, rows, dims }]));
        return responder.respond(
          epoch,
          { index: 0, firstRow: 0, rowCount: rows, inputs: matrix },
          { signal: new AbortController().signal, progress: () => undefined },
        );
      }),
    );
    expect(nested).toEqual(plain);
  });

  it('are taken of one shard at a time: the inputs of two would be too much', async () => {
    const seen: string[] = [];
    const width = 3;
    const watched = new ModelResponder(
      new (class extends FileArtifactStore {
        override get(ref: ArtifactRef): Promise<Uint8Array> {
          if (uris.includes(ref.uri)) seen.push(`read ${uris.indexOf(ref.uri)}`);
          return super.get(ref);
        }
      })(folder),
      { engineThreads: 2, engineBackend: 'cpu', workerBytes: DEFAULT_WORKER_BYTES },
    );
    const epoch = await makeEpoch(width, [4, 2]);
    const shards = await Promise.all(
      [5, 6, 7].map(async (rows, index) => ({
        index,
        firstRow: 0,
        rowCount: rows,
        inputs: await put(
          writeMatrix([{ name: 'x', data: new Float32Array(rows * width).fill(index), rows, dims: [width] }]),
        ),
      })),
    );
    const uris = shards.map(({ inputs }) => inputs.uri);
    const controller = new AbortController();
    const [first, second, third] = shards.map((shard, i) =>
      watched.respond(epoch, shard, {
        signal: i === 1 ? AbortSignal.abort() : controller.signal,
        progress: (rows) => {
          seen.push(`${rows} of ${i}`);
        },
      }),
    );
    await expect(second).rejects.toThrow();
    expect((await first!).mean).toHaveLength(5 * 6);
    expect((await third!).mean).toHaveLength(7 * 6);
    expect(seen).toEqual(['read 0', '5 of 0', 'read 2', '7 of 2']);
    await watched.onApplicationShutdown();
  });
});
