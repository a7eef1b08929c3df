import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sdkDirectory } from './bundle.directory.js';
import type { UnpackRequest } from './runner.protocol.js';

/**
 * Writes the bundle that a pod has received into `root`, and links the SDK into the `node_modules` next to
 * it. The paths of the bundle were checked at its upload.
 */
export async function unpack(
  root: string,
  { params: { files } }: UnpackRequest,
  body: Buffer,
): Promise<void> {
  const packages = join(dirname(root), 'node_modules', '@noema');
  await mkdir(packages, { recursive: true });
  await symlink(await sdkDirectory(), join(packages, 'integration')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error; // a bundle comes in several messages
  });
  let at = 0;
  for (const { path, bytes, appended } of files) {
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, body.subarray(at, (at += bytes)), { flag: appended === true ? 'a' : 'wx' });
  }
}
