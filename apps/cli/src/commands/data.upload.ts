import { open, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { DataSourceSchema } from '@noema/contracts/noema/datasets/v1/integration';
import { DomainError } from '@noema/kernel';
import type { EncoderSpec, FileTree, Manifest } from '@noema/readers';
import { requireStoredQuota } from '@noema/rest/stored-quota';
import { type Pack, pack } from 'tar-stream';
import type { Noema } from '../noema.js';
import { Progress } from '../terminal/progress.js';
import type { CommandContext } from './command-context.js';
import { sendParts } from './part.upload.js';

/** Limits of the platform (services/datasets/src/data/data.limits.ts), which count packed bytes and files. */
const MAX_BYTES = 2 * 2 ** 30;
const MAX_FILES = 200_000;
/** Names of texts next to a manifest that are sent with it. */
const TEXT_NAME = /^noema\.[A-Za-z0-9_-]{1,64}\.txt$/;
/** The platform drops a folder around all files. */
const AROUND = 'data';

/**
 * Sends the files that a manifest reads to a platform elsewhere, as one archive in parts; a cut upload is resumed.
 * Throws `invalid` DATA_TOO_LARGE and `exhausted` QUOTA_EXCEEDED before anything is sent, DATA_CHANGED for a file that
 * changed meanwhile, and what the readers and the platform refuse.
 */
export async function sendData(
  { terminal, signal }: Pick<CommandContext, 'terminal' | 'signal'>,
  noema: Pick<Noema, 'integrations' | 'tokens' | 'usage'>,
  projectId: string,
  manifestPath: string,
): Promise<MessageInitShape<typeof DataSourceSchema>> {
  const { FileTree: trees, parseManifest, printManifest } = await import('@noema/readers');
  const folder = dirname(manifestPath);
  const manifest = parseManifest(await readFile(manifestPath, 'utf8'), manifestPath);
  const place = resolve(folder, manifest.source.path);
  const tree = await trees.open(place);
  const path = tree.isFile ? tree.files[0]!.path : '.';
  const total = requireSize(tree, place);
  await requireStoredQuota(noema, total, formatSize);
  const bar = new Progress(terminal, 'uploading');
  try {
    const archive = packTree(tree, signal);
    const { parts } = await sendParts(noema, projectId, archive, (done) => {
      bar.update(done, total, place);
    });
    return {
      parts: [...parts],
      manifest: printManifest({ ...manifest, source: { ...manifest.source, path } }),
      texts: await readTexts(manifest, folder),
    };
  } finally {
    bar.end();
  }
}

/** The bytes of all files. */
function requireSize(tree: FileTree, place: string): number {
  const bytes = tree.files.reduce((sum, file) => sum + file.bytes, 0);
  const how =
    'open a part of them in a folder of its own, or put them into an object store and add them from there in the page';
  const tooLarge = (size: string, limit: string): DomainError =>
    new DomainError(
      'invalid',
      'DATA_TOO_LARGE',
      `"${place}" has ${size}, and ${limit} can be sent to a platform; ${how}`,
    );
  if (tree.files.length > MAX_FILES)
    throw tooLarge(`${tree.files.length.toLocaleString('en-US')} files`, MAX_FILES.toLocaleString('en-US'));
  if (bytes > MAX_BYTES) throw tooLarge(formatSize(bytes), formatSize(MAX_BYTES));
  return bytes;
}

const formatSize = (bytes: number): string =>
  bytes < 2 ** 20
    ? `${bytes.toLocaleString('en-US')} bytes`
    : `${Math.ceil(bytes / 2 ** 20).toLocaleString('en-US')} MiB`;

/** The same files give the same bytes. */
function packTree(tree: FileTree, signal: AbortSignal): Pack {
  const archive = pack();
  writeFiles(archive, tree, signal).then(
    () => {
      archive.finalize();
    },
    (error: unknown) => {
      archive.destroy(error as Error);
    },
  );
  return archive;
}

async function writeFiles(archive: Pack, tree: FileTree, signal: AbortSignal): Promise<void> {
  for (const path of new Set([...tree.files.map((file) => file.path), ...tree.tokenizers])) {
    const file = await open(tree.absolute(path));
    try {
      const { size } = await file.stat();
      const entry = archive.entry({ name: `${AROUND}/${path}`, mode: 0o644, mtime: new Date(0), size });
      const bytes =
        size === 0 ? Readable.from([]) : file.createReadStream({ end: size - 1, autoClose: false });
      await pipeline(bytes, entry, { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw new DomainError(
          'invalid',
          'DATA_CHANGED',
          `"${path}" cannot be read to its end; if it changes, wait until it does not, then try again`,
          { cause: error },
        );
      });
    } finally {
      await file.close();
    }
  }
}

/** Texts next to the manifest that its encoders name, by their names. */
async function readTexts(
  { inputs, ground_truths: truths }: Manifest,
  folder: string,
): Promise<Record<string, string>> {
  const encoders: readonly EncoderSpec[] = [...Object.values(inputs), ...Object.values(truths)];
  const settings = encoders.flatMap((encoder) => Object.values(encoder));
  const names = settings
    .filter((value) => typeof value === 'string')
    .filter((value) => TEXT_NAME.test(value));
  return Object.fromEntries(
    await Promise.all(
      [...new Set(names)].map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  );
}
