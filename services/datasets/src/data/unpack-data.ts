import { readdir, rename, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackFiles } from '@noema/readers/archives';
import { MAX_RATIO, RATIO_FROM_BYTES } from '../bundle/bundle.limits.js';
import { dataInvalid } from './data.errors.js';
import { MAX_DATA_BYTES, MAX_DATA_FILES } from './data.limits.js';

/** Folders and files around the data that archives of systems have. */
const IGNORED = /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/**
 * Unpacks an archive of data into a new folder. A folder around everything is dropped. Returns the bytes of the
 * files. Throws `invalid` DATA_INVALID as `unpackFiles` throws its fault.
 */
export async function unpackData(archive: string, folder: string): Promise<{ readonly bytes: number }> {
  const { bytes } = await unpackFiles(archive, folder, {
    unpackedBytes: MAX_DATA_BYTES,
    entries: MAX_DATA_FILES,
    ratio: MAX_RATIO,
    ratioFromBytes: RATIO_FROM_BYTES,
    fault: dataInvalid,
  });
  await dropOuterFolder(folder);
  return { bytes };
}

/** A folder that holds everything has no meaning, and paths in a table do not count it. */
async function dropOuterFolder(folder: string): Promise<void> {
  const outer = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !IGNORED.test(name));
  if (outer.length !== 1 || !outer[0]!.isDirectory()) return;
  const aside = `${folder}.outer`;
  await rename(join(folder, outer[0]!.name), aside);
  // A name that both have is one of the ignored ones.
  for (const name of await readdir(aside))
    if (await isFree(join(folder, name))) await rename(join(aside, name), join(folder, name));
  await rmdir(aside).catch(() => undefined);
}

const isFree = (path: string): Promise<boolean> =>
  stat(path).then(
    () => false,
    () => true,
  );
