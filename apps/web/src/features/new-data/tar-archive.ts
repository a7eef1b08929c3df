const BLOCK = 512;
const MAX_NAME = 100;
const encoder = new TextEncoder();

/**
 * A tar archive (POSIX.1-2001) of files, without copies of them: the browser reads a file when its part of the
 * archive is read. The same files give the same bytes, so that an upload goes on where it was.
 */
export function tarArchive(files: readonly { readonly path: string; readonly file: Blob }[]): Blob {
  const parts: BlobPart[] = [];
  for (const { path, file } of files) {
    const name = encoder.encode(path);
    if (name.length > MAX_NAME) {
      const record = paxRecord('path', path);
      parts.push(header(encoder.encode('PaxHeader'), record.length, 'x'), record, padding(record.length));
    }
    parts.push(header(name.slice(0, MAX_NAME), file.size, '0'), file, padding(file.size));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return new Blob(parts);
}

const padding = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);

function header(name: Uint8Array, size: number, type: '0' | 'x'): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK);
  const write = (text: string, at: number): void => {
    block.set(encoder.encode(text), at);
  };
  block.set(name, 0);
  write('0000644\0', 100);
  write('0000000\0', 108);
  write('0000000\0', 116);
  write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  write('00000000000\0', 136);
  write('        ', 148);
  write(type, 156);
  write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** `27 path=…\n`: the number counts the bytes of the record, its own digits included. */
function paxRecord(key: string, value: string): Uint8Array<ArrayBuffer> {
  const rest = ` ${key}=${value}\n`;
  const bytes = encoder.encode(rest).length;
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return encoder.encode(`${length}${rest}`);
}
