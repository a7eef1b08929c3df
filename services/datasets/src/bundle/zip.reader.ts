import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { bundleInvalid, type BundleFiles } from './bundle.files.js';

const inflate = promisify(inflateRaw) as (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;
const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [END_BYTES, CENTRAL_BYTES, LOCAL_BYTES] = [22, 46, 30];
const MAX_COMMENT = 0xffff;
const [STORED, DEFLATED] = [0, 8];
const [FILE, FOLDER, ANY_TYPE] = [0o100000, 0o040000, 0o170000];
const UNIX = 3;

/** Reads a zip archive into `into`: stored and deflated files; no links, no encryption, no Zip64. Throws `invalid` BUNDLE_INVALID. */
export async function readZip(zip: Buffer, into: BundleFiles): Promise<void> {
  const end = endOf(zip);
  let [at, next] = [zip.readUInt32LE(end + 16), 0];
  for (const count = zip.readUInt16LE(end + 10); next < count; next++) {
    if (at + CENTRAL_BYTES > end || zip.readUInt32LE(at) !== CENTRAL) throw bundleInvalid('the list of files at its end is damaged');
    const [madeBy, flags, method, crc] = [zip.readUInt8(at + 5), zip.readUInt16LE(at + 8), zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 16)];
    const [packed, size] = [zip.readUInt32LE(at + 20), zip.readUInt32LE(at + 24)];
    const [nameBytes, extraBytes, commentBytes] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32)];
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    const type = madeBy === UNIX ? zip.readUInt32LE(at + 38) >>> 16 & ANY_TYPE : 0;
    const local = zip.readUInt32LE(at + 42);
    at += CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
    if ((flags & 1) !== 0) throw bundleInvalid(`"${name.slice(0, 200)}" is encrypted`);
    if (type !== 0 && type !== FILE && type !== FOLDER) throw bundleInvalid(`"${name.slice(0, 200)}" is a link or a device; a bundle has files and folders only`);
    if (name.endsWith('/')) {
      into.addFolder(name.slice(0, -1));
      continue;
    }
    into.reserve(name, size);
    const content = await contentOf(dataAt(zip, local, packed), method, size, name);
    if (content.length !== size || crc32(content) !== crc) throw bundleInvalid(`"${name.slice(0, 200)}" is damaged`);
    into.add(name, content);
  }
}

function endOf(zip: Buffer): number {
  for (let at = zip.length - END_BYTES; at >= 0 && at >= zip.length - END_BYTES - MAX_COMMENT; at--) {
    if (zip.readUInt32LE(at) === END && at + END_BYTES + zip.readUInt16LE(at + 20) === zip.length) return at;
  }
  throw bundleInvalid('the zip archive has no end; it may have been cut short');
}

function dataAt(zip: Buffer, local: number, packed: number): Buffer {
  if (local + LOCAL_BYTES > zip.length || zip.readUInt32LE(local) !== LOCAL) throw bundleInvalid('the list of files at its end leads to no file');
  const from = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (from + packed > zip.length) throw bundleInvalid('it was cut short');
  return zip.subarray(from, from + packed);
}

async function contentOf(data: Buffer, method: number, size: number, name: string): Promise<Buffer> {
  if (method === STORED) return data;
  if (method !== DEFLATED) throw bundleInvalid(`"${name.slice(0, 200)}" is packed by method ${method}; use deflate`);
  return inflate(data, { maxOutputLength: Math.max(1, size) }).catch(() => { throw bundleInvalid(`"${name.slice(0, 200)}" is damaged, or larger than it says`); });
}
