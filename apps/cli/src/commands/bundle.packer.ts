import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DomainError } from '@noema/kernel';
import { pack } from 'tar-stream';

const compress = promisify(gzip);
const MAX_FILES = 2_000;
/** Maximum upload size of a module, or of a packed folder. */
const MAX_BYTES = 8 * 2 ** 20;
const LEFT_OUT = new Set(['.git', '.DS_Store', '.npmrc', '.env', '.venv', '__pycache__']);

/**
 * Returns a module unchanged, or a folder as tar.gz with fixed times and owners, without `.git`, `.env` and
 * `.npmrc`. A module in Python with a requirements.txt next to it is packed with it. Throws `invalid` BUNDLE_INVALID.
 */
export async function packFolder(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => {
    throw invalid(`there is no file or folder "${path}"`);
  });
  const requirements = path.endsWith('.py') ? join(dirname(path), 'requirements.txt') : undefined;
  const packed = found.isDirectory()
    ? await compress(await packTar(path))
    : requirements !== undefined && (await isFile(requirements))
      ? await compress(
          await packFiles([
            [path, 'integration.py'],
            [requirements, 'requirements.txt'],
          ]),
        )
      : await readFile(path);
  if (packed.length > MAX_BYTES)
    throw invalid(
      `"${path}" has ${packed.length} bytes${found.isDirectory() ? ' packed' : ''}, and ${MAX_BYTES} ` +
        'can be uploaded; leave data and unused packages out, or bundle the code into one file',
    );
  return new Uint8Array(packed);
}

async function packTar(root: string): Promise<Buffer> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (
      path.split('/').some((part) => LEFT_OUT.has(part)) ||
      entry.isDirectory() ||
      path.includes('node_modules/.bin/')
    )
      continue;
    if (!entry.isFile())
      throw invalid(
        `"${path}" is a link or a device; put the file itself there (npm install --install-links)`,
      );
    paths.push(path);
  }
  if (paths.length > MAX_FILES)
    throw invalid(
      `"${root}" has ${paths.length} files, and ${MAX_FILES} can be uploaded; bundle the code into few files`,
    );
  return packFiles(paths.sort().map((name) => [join(root, name), name]));
}

async function packFiles(files: readonly (readonly [path: string, name: string])[]): Promise<Buffer> {
  const archive = pack();
  for (const [path, name] of files)
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, await readFile(path));
  archive.finalize();
  return buffer(archive);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const invalid = (why: string): DomainError => new DomainError('invalid', 'BUNDLE_INVALID', why);
