import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes one file after the other in the directory, so that what else goes on gets its turn in between;
 * returns their names.
 */
export async function writeEach(
  directory: string,
  files: Readonly<Record<string, () => string | Uint8Array>>,
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content());
  return Object.keys(files);
}
