import { createHash, randomBytes } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import {
  FindWheelPartsResponseSchema,
  UploadWheelPartResponseSchema,
} from '@noema/contracts/noema/datasets/v1/integration_service';
import { type ArtifactRef, ArtifactRefSchema } from '@noema/contracts/noema/type/v1/artifact_ref';
import { expect, it } from 'vitest';
import { type PartCalls, sendParts } from './part.upload.js';

const MIB = 2 ** 20;
const BYTES = randomBytes(70 * MIB + 17);

/** A platform that keeps parts, and whose connection breaks after some. */
class PartStore {
  readonly contents: Buffer[] = [];
  private readonly stored = new Map<string, ArtifactRef>();

  constructor(public left = Infinity) {}

  readonly calls: PartCalls = {
    integrations: {
      findWheelParts: ({ sha256 = [] }) =>
        Promise.resolve(
          create(FindWheelPartsResponseSchema, {
            parts: sha256.flatMap((hash) => this.stored.get(hash) ?? []),
          }),
        ),
      uploadWheelPart: ({ content }) => {
        if (this.left-- <= 0) return Promise.reject(new Error('broken'));
        const bytes = Buffer.from(content as Uint8Array);
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const part = create(ArtifactRefSchema, { sha256, uri: sha256 });
        this.contents.push(bytes);
        this.stored.set(sha256, part);
        return Promise.resolve(create(UploadWheelPartResponseSchema, { part }));
      },
    },
  };
}

/** The same bytes in other pieces. */
// biome-ignore lint/suspicious/useAwait: a stream
async function* inPieces(size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < BYTES.length; at += size) yield BYTES.subarray(at, at + size);
}

it('sends bytes in parts of 4 MiB, in their order, whatever the pieces are', async () => {
  const store = new PartStore();
  const seen: number[] = [];
  const { parts, sentBytes } = await sendParts(store.calls, 'p', inPieces(5 * MIB + 3), (done) =>
    seen.push(done),
  );
  expect(parts).toHaveLength(18);
  expect(store.contents.slice(0, 17).every(({ length }) => length === 4 * MIB)).toBe(true);
  expect(Buffer.concat(store.contents).equals(BYTES)).toBe(true);
  expect([sentBytes, seen.at(-1), seen[0]]).toEqual([BYTES.length, BYTES.length, 4 * MIB]);
});

it('sends after a break only the parts that are missing, cut in the same places', async () => {
  const store = new PartStore(5);
  await expect(sendParts(store.calls, 'p', inPieces(MIB), () => undefined)).rejects.toThrow('broken');
  store.left = Infinity;
  const { parts, sentBytes } = await sendParts(store.calls, 'p', inPieces(300_007), () => undefined);
  expect(sentBytes).toBe(BYTES.length - 5 * 4 * MIB);
  expect(parts).toHaveLength(18);
  expect(Buffer.concat(store.contents).equals(BYTES)).toBe(true);
});

it('sends nothing of nothing', async () => {
  const store = new PartStore(0);
  const empty = { [Symbol.asyncIterator]: async function* () {} };
  expect(await sendParts(store.calls, 'p', empty, () => undefined)).toEqual({ parts: [], sentBytes: 0 });
});
