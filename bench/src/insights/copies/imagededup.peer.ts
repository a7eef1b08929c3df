import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python, PYTHON_FOLDER } from '../../python.js';
import type { Source } from '../sources/source.js';

/** Without its dependencies: its network needs torch, its hashes do not. */
const PACKAGE = 'imagededup==0.3.3.post2';

/** Pairs of rows by the largest distance of their hashes, 0 or 10 bits, the default of imagededup. */
export type HashPairs = Readonly<Record<'0' | '10', readonly (readonly [number, number])[]>>;

/** Returns the pairs that imagededup finds by its perceptual hash. Throws where it cannot be installed. */
export function findByImagededup({ inputs, n, shape }: Source, print: (line: string) => void): HashPairs {
  const peer = python(print, 'copies');
  if ('missing' in peer) throw new Error(peer.missing);
  const run = (args: readonly string[]): void => {
    execFileSync(peer.interpreter, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  run(['-m', 'pip', 'install', '--quiet', '--no-deps', PACKAGE]);
  const folder = mkdtempSync(join(tmpdir(), 'noema-imagededup-'));
  try {
    writeFileSync(join(folder, 'pixels.f32'), inputs);
    writeFileSync(join(folder, 'shape.json'), JSON.stringify([n, ...shape]));
    run([join(PYTHON_FOLDER, 'copy_pairs.py'), folder]);
    return JSON.parse(readFileSync(join(folder, 'pairs.json'), 'utf8')) as HashPairs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
