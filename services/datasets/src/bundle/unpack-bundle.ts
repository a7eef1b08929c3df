import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BundleFiles, bundleInvalid } from './bundle.files.js';
import { MAX_BUNDLE_BYTES, MAX_UNPACKED_BYTES } from './bundle.limits.js';
import type { RuntimeSpec } from '../runner/runtimes/runtime.js';
import {
  findRuntime,
  MODULE_ENDINGS,
  RUNTIMES,
  findRuntimeOfText,
} from '../runner/runtimes/runtime.registry.js';
import { readTar } from './tar.reader.js';
import { readZip } from './zip.reader.js';

const unzip = promisify(gunzip) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;
const ENTRIES = RUNTIMES.flatMap(({ entries }) => entries);
/** Headers and paddings of a tar archive of as many entries as are allowed. */
const TAR_SLACK = 2_000 * 1_024 + 2 ** 20;

/** Media types of an upload: an archive, or one module. */
export type BundleType = 'application/zip' | 'application/gzip' | RuntimeSpec['mediaType'];

/** The code of an integration, unpacked. */
export interface Bundle {
  /** By relative path. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** The module that exports the integration. */
  readonly entry: string;
  readonly runtime: RuntimeSpec;
  /** SHA-256 over paths and contents, whatever the archive. */
  readonly digest: string;
  readonly mediaType: BundleType;
}

/**
 * Unpacks one module, a zip or a tar.gz, in memory. Throws `invalid` BUNDLE_INVALID, which says what is
 * wrong.
 */
export async function unpackBundle(packed: Uint8Array): Promise<Bundle> {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (bytes.length === 0 || bytes.length > MAX_BUNDLE_BYTES)
    throw bundleInvalid(`it has ${bytes.length} bytes; 1 to ${MAX_BUNDLE_BYTES} can be uploaded`);
  const magic = bytes.toString('latin1', 0, 2);
  const into = new BundleFiles(bytes.length);
  let mediaType: BundleType;
  if (magic === 'PK') {
    mediaType = 'application/zip';
    await readZip(bytes, into);
  } else if (magic === '\x1f\x8b') {
    mediaType = 'application/gzip';
    await readTar(await untarred(bytes), into);
  } else {
    const runtime = findRuntimeOfText(requireText(bytes).toString('utf8'));
    ({ mediaType } = runtime);
    into.add(runtime.entries[0]!, bytes);
  }
  const files = withoutFolder(into.files);
  const { entry, runtime } = findEntry(files);
  for (const [path, content] of runtime.defaultFiles)
    if (!files.has(path)) files.set(path, Buffer.from(content));
  return { files, entry, runtime, digest: computeDigest(files), mediaType };
}

function untarred(bytes: Buffer): Promise<Buffer> {
  return unzip(bytes, { maxOutputLength: MAX_UNPACKED_BYTES + TAR_SLACK }).catch(
    (error: { code?: string }) => {
      throw bundleInvalid(
        error.code === 'ERR_BUFFER_TOO_LARGE'
          ? `its files have more than ${MAX_UNPACKED_BYTES} bytes; leave data and unused packages out`
          : 'the gzip stream is damaged',
      );
    },
  );
}

function requireText(bytes: Buffer): Buffer {
  if (bytes.includes(0))
    throw bundleInvalid(`it is neither a zip, nor a tar.gz, nor the text of a module (${MODULE_ENDINGS})`);
  return bytes;
}

/** Archives of a folder have its name before every path. */
function withoutFolder(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const paths = [...files.keys()];
  const folder = paths[0]?.includes('/') === true ? paths[0].slice(0, paths[0].indexOf('/') + 1) : undefined;
  if (folder === undefined || !paths.every((path) => path.startsWith(folder))) return new Map(files);
  return new Map([...files].map(([path, content]) => [path.slice(folder.length), content]));
}

function findEntry(files: ReadonlyMap<string, Buffer>): Pick<Bundle, 'entry' | 'runtime'> {
  const manifest = files.get('package.json');
  const named = manifest === undefined ? undefined : readMain(manifest);
  const entry = named === undefined ? ENTRIES.find((path) => files.has(path)) : named.replace(/^\.\//, '');
  const runtime = entry === undefined ? undefined : findRuntime(entry);
  if (entry === undefined || runtime === undefined || !files.has(entry)) {
    const wrong =
      named === undefined
        ? `it has no file of ${ENTRIES.join(', ')}`
        : `"main" of its package.json is "${named.slice(0, 200)}", which is no file in it that ends in ` +
          MODULE_ENDINGS;
    throw bundleInvalid(`${wrong}; name the module that exports the integration`);
  }
  return { entry, runtime };
}

function readMain(manifest: Buffer): string | undefined {
  try {
    const { main } = JSON.parse(manifest.toString('utf8')) as { readonly main?: unknown };
    return typeof main === 'string' ? main : undefined;
  } catch {
    throw bundleInvalid('its package.json is no JSON object');
  }
}

function computeDigest(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort())
    hash.update(`${path}\0${files.get(path)!.length}\0`).update(files.get(path)!);
  return hash.digest('hex');
}
