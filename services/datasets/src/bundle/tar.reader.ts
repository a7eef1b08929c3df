import { buffer } from 'node:stream/consumers';
import { DomainError } from '@noema/kernel';
import { extract } from 'tar-stream';
import { bundleInvalid, type BundleFiles } from './bundle.files.js';

/**
 * Reads a tar archive (v7, ustar, with PAX or GNU long names) into `into`; links and devices are refused.
 * Throws `invalid` BUNDLE_INVALID.
 */
export async function readTar(tar: Buffer, into: BundleFiles): Promise<void> {
  const archive = extract({ allowUnknownFormat: true });
  archive.end(tar);
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      if (type === 'file') into.add(plain(name), await buffer(entry as AsyncIterable<Buffer>));
      else if (type === 'directory') {
        if (plain(name) !== '') into.addFolder(plain(name));
        entry.resume();
      } else
        throw bundleInvalid(
          `"${name.slice(0, 200)}" is a link or a device; a bundle has files and folders only`,
        );
    }
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw bundleInvalid(`the tar archive is damaged or was cut short: ${(error as Error).message}`);
  }
}

/** `./a/` as tar writes it, to `a`. */
const plain = (name: string): string =>
  name
    .replace(/^\.\/+/, '')
    .replace(/^\.$/, '')
    .replace(/\/$/, '');
