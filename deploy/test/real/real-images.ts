import { execFile, execFileSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CHARTS } from '../../src/charts.js';
import type { RealNode } from './real-node.js';

const SCRIPT = fileURLToPath(new URL('../../../../tools/kube-images.sh', import.meta.url));
/** Archives are kept between runs. */
const ARCHIVES = fileURLToPath(new URL('../../../../.tools/kube/images', import.meta.url));

/** The images of services that are not in the storage of buildah. */
export function missingImages(): string[] {
  const there = execFileSync('buildah', ['images', '--noheading', '--format', '{{.Name}}:{{.Tag}}'], {
    encoding: 'utf8',
  }).split('\n');
  return CHARTS.filter((name) => !there.includes(`localhost/noema/${name}:0.1.0`)).map(
    (name) => `the image of ${name} (\`make images\`)`,
  );
}

/** Writes the archives that changed and loads all of a group into the node: of Noema, or of what watches it. */
export async function importImages(
  node: RealNode,
  say: (text: string) => void,
  group?: 'metrics',
): Promise<void> {
  const archives = group === undefined ? ARCHIVES : join(ARCHIVES, group);
  const { stdout } = await promisify(execFile)(SCRIPT, [archives, ...(group === undefined ? [] : [group])], {
    maxBuffer: 2 ** 24,
  });
  for (const line of stdout.split('\n').filter((line) => line !== '')) say(line);
  for (const name of (await readdir(archives)).filter((file) => file.endsWith('.tar')))
    await node.importImage(join(archives, name));
}
