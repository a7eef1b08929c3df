import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readZooKind } from './zoo.source.js';
import type { Source } from './source.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const CACHE = join(ROOT, '.noema/insight-data');

/** The emoji of the zoo as a second vendor draws them, in the same order: row i of both is the same emoji. */
const SCRIPT = `
import sys, pathlib, importlib
from data_kinds import emoji
package = emoji.package
def other(name, version):
    folder = package("emoji-datasource-google", version)
    link = folder / "img/twitter"
    if not link.exists():
        link.symlink_to("google")
    return folder
emoji.package = other
emoji.load().save(pathlib.Path(sys.argv[1]))
`;

/** Reads the emoji of two vendors, Twitter first, with the field `vendor`. */
export function readEmojiVendors(): Source {
  const twitter = readZooKind(CACHE, 'emoji', 'image');
  const folder = join(CACHE, 'emoji-google');
  if (!existsSync(join(folder, 'data.json'))) {
    const python = process.env['NOEMA_ZOO_PYTHON'] ?? join(ROOT, '.tools/zoo-python/bin/python');
    execFileSync(python, ['-c', SCRIPT, folder], {
      cwd: join(ROOT, 'e2e/zoo/python'),
      env: { ...process.env, NOEMA_ZOO_CACHE: join(CACHE, 'zoo') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const google = readZooKind(CACHE, 'emoji-google', 'image');
  const n = twitter.n + google.n;
  const inputs = new Float32Array(twitter.inputs.length + google.inputs.length);
  inputs.set(twitter.inputs);
  inputs.set(google.inputs, twitter.inputs.length);
  const codes = Int32Array.from({ length: n }, (_, row) => Number(row >= twitter.n));
  return {
    ...twitter,
    key: 'emoji-vendors',
    n,
    inputs,
    labels: Int32Array.from([...twitter.labels, ...google.labels]),
    metadata: [{ name: 'vendor', type: 'category', categories: ['Twitter', 'Google'], codes }],
  };
}
