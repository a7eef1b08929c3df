import { bundleInvalid, type BundleFiles } from './bundle.files.js';

const BLOCK = 512;
const [FILE, OLD_FILE, FOLDER, PAX, GLOBAL_PAX, LONG_NAME] = ['0', '\0', '5', 'x', 'g', 'L'];
const MAX_HEADER_ENTRY = 65_536;

/**
 * Reads a tar archive (ustar, with PAX or GNU long names) into `into`; links and devices are refused. Throws
 * `invalid` BUNDLE_INVALID.
 */
export function readTar(tar: Buffer, into: BundleFiles): void {
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const header = tar.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return;
    if (octal(header, 148, 8) !== sumOf(header))
      throw bundleInvalid('the tar archive is damaged: the sum of a header is wrong');
    const [size, type] = [octal(header, 124, 12), String.fromCharCode(header[156]!)];
    const prefix = header.toString('latin1', 257, 262) === 'ustar' ? text(header, 345, 155) : '';
    const name = longName ?? (prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    if (content.length !== size) throw bundleInvalid('the tar archive was cut short');
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    longName = undefined;
    switch (type) {
      case FILE:
      case OLD_FILE:
        into.add(plain(name), content);
        break;
      case FOLDER:
        if (plain(name) !== '') into.addFolder(plain(name));
        break;
      case PAX:
        longName = paxPath(short(content));
        break;
      case LONG_NAME:
        longName = text(short(content), 0, content.length);
        break;
      case GLOBAL_PAX:
        break;
      default:
        throw bundleInvalid(
          `"${name.slice(0, 200)}" is a link or a device; a bundle has files and folders only`,
        );
    }
  }
}

/** `./a/` as tar writes it, to `a`. */
const plain = (name: string): string =>
  name
    .replace(/^\.\/+/, '')
    .replace(/^\.$/, '')
    .replace(/\/$/, '');

function text(bytes: Buffer, from: number, length: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, end === -1 || end > from + length ? from + length : end);
}

function octal(bytes: Buffer, from: number, length: number): number {
  const digits = text(bytes, from, length).trim();
  if (!/^[0-7]*$/.test(digits))
    throw bundleInvalid('the tar archive is damaged: a number in a header is none');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

const sumOf = (header: Buffer): number =>
  header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);

function short(content: Buffer): Buffer {
  if (content.length > MAX_HEADER_ENTRY) throw bundleInvalid('a name in the tar archive is too long');
  return content;
}

/**
 * `path` of a PAX header of lines `<length> <key>=<value>\n`; a link or a size in it changes nothing here.
 */
function paxPath(content: Buffer): string | undefined {
  for (const line of content.toString('utf8').split('\n')) {
    const found = /^\d+ path=(.*)$/.exec(line);
    if (found !== null) return found[1];
  }
  return undefined;
}
