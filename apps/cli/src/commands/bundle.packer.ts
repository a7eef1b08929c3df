import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { DomainError } from '@noema/kernel';

const compress = promisify(gzip);
const BLOCK = 512;
const [NAME_BYTES, PREFIX_BYTES] = [100, 155];
const MAX_FILES = 2_000;
/** What the platform takes; a module as it is, a folder packed. */
const MAX_BYTES = 8 * 2 ** 20;
const LEFT_OUT = new Set(['.git', '.DS_Store', '.npmrc', '.env']);

/**
 * One module as it is, or a folder as tar.gz with fixed times and owners; without `.git`, `.env` and
 * `.npmrc`. Throws `invalid` BUNDLE_INVALID.
 */
export async function packFolder(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => {
    throw invalid(`there is no file or folder "${path}"`);
  });
  const packed = found.isDirectory()
    ? await compress(Buffer.concat([...(await blocksOf(path)), Buffer.alloc(2 * BLOCK)]))
    : await readFile(path);
  if (packed.length > MAX_BYTES)
    throw invalid(
      `"${path}" has ${packed.length} bytes${found.isDirectory() ? ' packed' : ''}, and ${MAX_BYTES} ` +
        'can be uploaded; leave data and unused packages out, or bundle the code into one file',
    );
  return new Uint8Array(packed);
}

async function blocksOf(root: string): Promise<Buffer[]> {
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
  const blocks = await Promise.all(
    paths.sort().map(async (path) => fileBlocks(path, await readFile(join(root, path)))),
  );
  return blocks.flat();
}

function fileBlocks(path: string, content: Buffer): Buffer[] {
  return [...header(path, content.length), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

/** A ustar header; a path that does not fit has a PAX header before it. */
function header(path: string, size: number): Buffer[] {
  const bytes = Buffer.from(path);
  const slash = bytes.length <= NAME_BYTES ? -1 : bytes.indexOf('/', bytes.length - NAME_BYTES - 1);
  const fits = bytes.length <= NAME_BYTES || (slash > 0 && slash <= PREFIX_BYTES);
  if (fits) return [ustar(bytes.subarray(slash + 1), bytes.subarray(0, Math.max(0, slash)), size, '0')];
  const record = pax(path);
  return [
    ustar(Buffer.from('long-name'), Buffer.alloc(0), record.length, 'x'),
    record,
    Buffer.alloc((BLOCK - (record.length % BLOCK)) % BLOCK),
    ustar(Buffer.from('long-name'), Buffer.alloc(0), size, '0'),
  ];
}

/** `<length> path=<path>\n`, where the length counts itself. */
function pax(path: string): Buffer {
  const rest = Buffer.byteLength(` path=${path}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} path=${path}\n`);
}

function ustar(name: Buffer, prefix: Buffer, size: number, type: string): Buffer {
  const head = Buffer.alloc(BLOCK);
  name.copy(head, 0);
  head.write('0000644\u00000000000\u00000000000\0', 100);
  head.write(`${size.toString(8).padStart(11, '0')}\u000000000000000\0`, 124);
  head.write(`        ${type}`, 148);
  head.write('ustar\u000000', 257);
  prefix.copy(head, 345);
  head.write(
    `${head
      .reduce((a, b) => a + b, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return head;
}

const invalid = (why: string): DomainError => new DomainError('invalid', 'BUNDLE_INVALID', why);
