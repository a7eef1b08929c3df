import { promisify } from 'node:util';
import { buffer } from 'node:stream/consumers';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { dataInvalid } from './data.errors.js';

const zip = promisify(gzip);
/** Names of texts next to a manifest. */
const TEXT_NAME = /^noema\.[A-Za-z0-9_-]{1,64}\.txt$/;
const MAX_TEXTS = 16;

/**
 * A manifest and the texts next to it as a bundle. The bundle's limits hold for it. Throws `invalid` DATA_INVALID for
 * an empty manifest or other names.
 */
export async function packManifest(
  manifest: string,
  texts: Readonly<Record<string, string>>,
): Promise<Buffer> {
  if (manifest.trim() === '')
    throw dataInvalid('source.data.manifest is empty; give the text that ProposeManifest returns');
  const names = Object.keys(texts).sort();
  const odd = names.find((name) => !TEXT_NAME.test(name));
  if (odd !== undefined)
    throw dataInvalid(`"${odd.slice(0, 200)}" is no name of a text next to a manifest; use noema.<name>.txt`);
  if (names.length > MAX_TEXTS)
    throw dataInvalid(`${names.length} texts lie next to the manifest; at most ${MAX_TEXTS} can`);
  const archive = pack();
  archive.entry({ name: 'noema.yaml', mtime: new Date(0) }, manifest);
  for (const name of names) archive.entry({ name, mtime: new Date(0) }, texts[name]);
  archive.finalize();
  return zip(await buffer(archive));
}
