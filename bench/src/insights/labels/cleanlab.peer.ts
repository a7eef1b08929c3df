import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { python, PYTHON_FOLDER } from '../../python.js';

export const CLEANLAB_METHODS = ['self_confidence', 'normalized_margin'] as const;

/** Labels and probabilities that cleanlab scores. */
export interface CleanlabInput {
  readonly labels: Int32Array;
  /** [n, classes] float32 */
  readonly probabilities: Float32Array;
  readonly classes: number;
}

/**
 * Returns cleanlab's two scores of each input, low for wrong labels, in the order of `CLEANLAB_METHODS`. It is
 * installed in an environment of its own; throws where it cannot be.
 */
export function scoreByCleanlab(
  inputs: readonly CleanlabInput[],
  print: (line: string) => void,
): Float32Array[][] {
  const peer = python(print, 'labels');
  if ('missing' in peer) throw new Error(peer.missing);
  const folder = mkdtempSync(join(tmpdir(), 'noema-cleanlab-'));
  const path = (at: number, end: string): string => join(folder, `${at}.${end}`);
  try {
    for (const [at, { labels, probabilities, classes }] of inputs.entries()) {
      writeFileSync(path(at, 'json'), JSON.stringify({ n: labels.length, classes }));
      writeFileSync(path(at, 'labels'), labels);
      writeFileSync(path(at, 'probabilities'), probabilities);
    }
    execFileSync(peer.interpreter, [join(PYTHON_FOLDER, 'label_scores.py'), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return inputs.map((_, at) => CLEANLAB_METHODS.map((method) => readFloats(path(at, method))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
