import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of an npm package at a version, fetched into the cache on first use; nothing of it is run. */
export async function unpacked(cache: string, spec: string): Promise<string> {
  const folder = join(cache, spec);
  const there = join(folder, 'package');
  if (existsSync(there)) return there;
  await mkdir(folder, { recursive: true });
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', spec, '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
      cwd: folder,
    }),
  ) as [{ filename: string }];
  execFileSync('tar', ['xzf', filename], { cwd: folder });
  return there;
}
