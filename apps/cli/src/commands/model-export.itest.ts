import { createHash } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { ReadArtifactResponseSchema } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { GetModelVersionResponseSchema } from '@noema/contracts/noema/training/v1/model_service';
import { describe, expect, it } from 'vitest';
import { type ExportCalls, exportedFile, opsetOption } from './model-export.js';

const topology = {
  class_name: 'Sequential',
  config: {
    name: 'net',
    layers: [
      { class_name: 'InputLayer', config: { name: 'columns', batch_input_shape: [null, 2] } },
      { class_name: 'Dense', config: { name: 'price', units: 1 } },
    ],
  },
};
const TOPOLOGY = Buffer.from(JSON.stringify(topology));
const WEIGHTS = Buffer.from(Float32Array.of(2, 3, 0.5).buffer);

const toRef = (uri: string, bytes: Uint8Array) => ({
  uri,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  sizeBytes: BigInt(bytes.length),
  mediaType: 'x/y',
});

/** A platform whose streams of artifacts end after `chunk` bytes. */
const platform = (
  version: { readonly weights?: Buffer },
  { sent = version.weights, chunk = Infinity }: { readonly sent?: Buffer; readonly chunk?: number } = {},
): ExportCalls => ({
  models: {
    getModelVersion: () =>
      Promise.resolve(
        create(GetModelVersionResponseSchema, {
          modelVersion: {
            id: 'v1',
            topology: toRef('topology', TOPOLOGY),
            ...(version.weights && { weights: toRef('weights', version.weights) }),
          },
        }),
      ),
  },
  artifacts: {
    // biome-ignore lint/suspicious/useAwait: a stream
    readArtifact: async function* ({ service, uri, offset = 0n }) {
      expect(service).toBe('training');
      const data = (uri === 'topology' ? TOPOLOGY : sent!).subarray(Number(offset)).subarray(0, chunk);
      yield create(ReadArtifactResponseSchema, { body: { data } });
    },
  },
});
const options = { format: 'onnx' as const, opset: 17, signal: new AbortController().signal };

describe('the file of a version', () => {
  it('has its layers and weights, also where downloads break off', async () => {
    const whole = Buffer.from(await exportedFile(platform({ weights: WEIGHTS }), 'v1', options));
    const broken = await exportedFile(platform({ weights: WEIGHTS }, { chunk: 9 }), 'v1', options);
    expect(whole.equals(broken)).toBe(true);
    for (const name of ['columns', 'price/kernel', 'price/bias', 'price/Gemm'])
      expect(whole.includes(name)).toBe(true);
    expect(whole.includes(Buffer.from(Float32Array.of(2, 3).buffer))).toBe(true);
  });

  it('is a file of Keras where that is requested', async () => {
    const file = Buffer.from(
      await exportedFile(platform({ weights: WEIGHTS }), 'v1', { ...options, format: 'keras' }),
    );
    for (const name of ['metadata.json', 'config.json', 'model.weights.h5', '"class_name":"Dense"'])
      expect(file.includes(name)).toBe(true);
    expect(file.includes(WEIGHTS.subarray(0, 8))).toBe(true);
  });

  it('needs weights, and the right ones', async () => {
    await expect(exportedFile(platform({}), 'v1', options)).rejects.toThrow(
      'version v1 has no weights yet; the first run initializes them',
    );
    const other = Buffer.from(Float32Array.of(2, 4, 0.5).buffer);
    await expect(
      exportedFile(platform({ weights: WEIGHTS }, { sent: other }), 'v1', options),
    ).rejects.toMatchObject({ reason: 'DOWNLOAD_DAMAGED' });
  });

  it('is of version 17 or 20', () => {
    expect([opsetOption('17'), opsetOption('20')]).toEqual([17, 20]);
    expect(() => opsetOption('13')).toThrow('give 17 or 20');
  });
});
