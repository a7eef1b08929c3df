import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Source } from './source.js';

const CLASSES = [
  'T-shirt',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const SIDE = 28;

/** 70,000 pictures of Fashion-MNIST of the Debian package `dataset-fashion-mnist`, training pictures first. */
export function readFashion(cache: string): Source {
  const folder = unpackDebian(cache, 'dataset-fashion-mnist');
  const read = (name: string, header: number): Buffer => {
    const packed = findFile(folder, name);
    const bytes = readFileSync(packed);
    return (packed.endsWith('.gz') ? gunzipSync(bytes) : bytes).subarray(header);
  };
  const parts = ['train', 't10k'];
  const pixels = Buffer.concat(parts.map((part) => read(`${part}-images-idx3-ubyte`, 16)));
  const labels = Buffer.concat(parts.map((part) => read(`${part}-labels-idx1-ubyte`, 8)));
  return {
    key: 'fashion',
    kind: 'image',
    shape: [SIDE, SIDE, 1],
    classNames: CLASSES,
    n: labels.length,
    inputs: Float32Array.from(pixels, (ink) => ink / 255),
    labels: Int32Array.from(labels),
    metadata: [],
  };
}

/** Returns the folder of a Debian package, fetched into the cache on first use; no script of it runs. */
function unpackDebian(cache: string, name: string): string {
  const folder = join(cache, name);
  if (existsSync(join(folder, 'usr'))) return folder;
  mkdirSync(folder, { recursive: true });
  execFileSync('apt-get', ['download', name], { cwd: folder, stdio: 'ignore' });
  const [file] = readdirSync(folder).filter((one) => one.endsWith('.deb'));
  execFileSync('dpkg-deb', ['-x', join(folder, file!), folder]);
  return folder;
}

function findFile(folder: string, beginning: string): string {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.split('/').at(-1)!.startsWith(beginning),
  );
  if (found === undefined) throw new Error(`the package has no file ${beginning}`);
  return join(folder, found);
}
