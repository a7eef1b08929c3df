import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAbove } from './code.closure.js';

/** An unpacked bundle on this machine. */
export interface BundleDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Writes the files of a bundle into a directory of their own, and the links of its runtime next to it. The
 * paths were checked when the bundle was unpacked.
 */
export async function writeBundle(
  files: ReadonlyMap<string, Buffer>,
  links: ReadonlyMap<string, string>,
): Promise<BundleDirectory> {
  const root = await realpath(await mkdtemp(join(tmpdir(), `noema-bundle-${process.pid}-`)));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    if (process.getuid?.() === 0) await chmod(root, 0o755); // for the sandbox, whose user is not root
    const path = join(root, 'integration');
    for (const [place, target] of links) {
      await mkdir(dirname(join(root, place)), { recursive: true });
      await symlink(target, join(root, place));
    }
    await mkdir(path, { recursive: true });
    for (const folder of new Set([...files.keys()].map((file) => dirname(join(path, file)))))
      await mkdir(folder, { recursive: true });
    for (const [file, content] of files) await writeFile(join(path, file), content, { flag: 'wx' });
    return { path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Where the SDK of this platform lies. */
export async function sdkDirectory(): Promise<string> {
  return dirname(
    (await findAbove(
      await realpath(fileURLToPath(import.meta.resolve('@noema/integration'))),
      'package.json',
    ))!,
  );
}
