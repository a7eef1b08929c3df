import { createHash } from 'node:crypto';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { create } from '@bufbuild/protobuf';
import {
  FindWheelPartsResponseSchema,
  UploadWheelPartResponseSchema,
} from '@noema/contracts/noema/datasets/v1/integration_service';
import { GetSelfResponseSchema } from '@noema/contracts/noema/workspace/v1/token_service';
import { GetTeamUsageResponseSchema } from '@noema/contracts/noema/workspace/v1/usage_service';
import type { QuotaClients } from '@noema/rest/stored-quota';
import { temporaryDirectory } from '@noema/testing';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Terminal } from '../terminal/terminal.js';
import { sendData } from './data.upload.js';
import type { PartCalls } from './part.upload.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let sent: Buffer[];
beforeEach(async () => {
  directory = await temporaryDirectory();
  sent = [];
  left = 2n ** 40n;
});
afterEach(() => directory.remove());

/** Bytes that the team may still store. */
let left: bigint;
const calls: PartCalls & QuotaClients = {
  tokens: { getSelf: () => Promise.resolve(create(GetSelfResponseSchema, { team: { id: 't' } })) },
  usage: {
    getTeamUsage: () =>
      Promise.resolve(
        create(GetTeamUsageResponseSchema, {
          usage: { quotas: [{ quota: 'stored_bytes', limit: 2n ** 40n, left }] },
        }),
      ),
  },
  integrations: {
    findWheelParts: () => Promise.resolve(create(FindWheelPartsResponseSchema)),
    uploadWheelPart: ({ content }) => {
      const bytes = Buffer.from(content as Uint8Array);
      sent.push(bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return Promise.resolve(create(UploadWheelPartResponseSchema, { part: { sha256, uri: sha256 } }));
    },
  },
};
const context = {
  terminal: new Terminal({ json: true, out: process.stdout, err: process.stderr }),
  signal: new AbortController().signal,
};
const send = (manifest: string) =>
  sendData(context, calls as Parameters<typeof sendData>[1], 'p', join(directory.path, manifest));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

/** Files of the archive that was sent, by their paths in it. */
async function sentFiles(): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const archive = Readable.from(sent).pipe(extract());
  for await (const entry of archive)
    files[entry.header.name] = (await Readable.from(entry).toArray()).join('');
  return files;
}

const manifest = (source: string, inputs: string): string =>
  `noema: 1\nname: n\nsource: ${source}\nsplits: {training: 0.8, validation: 0.2}\ninputs: ${inputs}\n`;

it('sends the files of a folder below one that the platform drops, and the texts of the manifest', async () => {
  const long = `train/${'long-'.repeat(30)}name.txt`;
  await write({
    [long]: 'a long name',
    'train/b.txt': 'b',
    'empty.txt': '',
    '.hidden': 'no',
    'noema.words.txt': 'a\nb\n',
    'noema.other.txt': 'of other data',
    'tokenizer.json': '{}',
    'noema.yaml': manifest(
      '{reader: text-folder}',
      '{text: {encoder: words, column: text, length: 5, vocabulary: noema.words.txt}}',
    ),
  });
  const { manifest: text, texts, parts } = await send('noema.yaml');
  expect(await sentFiles()).toEqual({
    [`data/${long}`]: 'a long name',
    'data/train/b.txt': 'b',
    'data/empty.txt': '',
    'data/tokenizer.json': '{}',
  });
  expect(texts).toEqual({ 'noema.words.txt': 'a\nb\n' });
  expect(text).toContain('path: .');
  expect(parts).toHaveLength(1);
});

it('sends a single file alone, and the same bytes again', async () => {
  await write({
    'below/a.csv': 'x,y\n1,2\n',
    'below/b.csv': 'of other data',
    'a.noema.yaml': manifest('{reader: table, path: below/a.csv}', '{x: {encoder: number, columns: [x]}}'),
  });
  const first = await send('a.noema.yaml');
  expect(await sentFiles()).toEqual({ 'data/a.csv': 'x,y\n1,2\n' });
  expect(first.manifest).toContain('path: a.csv');
  expect((await send('a.noema.yaml')).parts).toEqual(first.parts);
});

it('refuses more than the platform takes before anything is sent', async () => {
  await write({
    'a.csv': 'x,y\n',
    'a.noema.yaml': manifest('{reader: table, path: a.csv}', '{x: {encoder: number, columns: [x]}}'),
  });
  await truncate(join(directory.path, 'a.csv'), 2 ** 31 + 1);
  await expect(send('a.noema.yaml')).rejects.toMatchObject({
    reason: 'DATA_TOO_LARGE',
    message: expect.stringMatching(/a\.csv" has 2,049 MiB, and 2,048 MiB can be sent/) as string,
  });
  expect(sent).toEqual([]);
});

it('sends nothing if the team has no room for it', async () => {
  await write({
    'a.csv': 'x,y\n1,2\n',
    'a.noema.yaml': manifest('{reader: table, path: a.csv}', '{x: {encoder: number, columns: [x]}}'),
  });
  left = 7n;
  await expect(send('a.noema.yaml')).rejects.toMatchObject({
    kind: 'exhausted',
    reason: 'QUOTA_EXCEEDED',
    message: expect.stringMatching(/have 8 bytes, and the team has 7 bytes left of 1,048,576 MiB/) as string,
  });
  expect(sent).toEqual([]);
  left = 8n;
  await expect(send('a.noema.yaml')).resolves.toBeDefined();
});
