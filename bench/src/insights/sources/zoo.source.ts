import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InputKind } from '@noema/insights';
import type { Source } from './source.js';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));

/** Beginning of `data.json`, which the data kinds of the zoo write. */
interface StoredData {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly truths: Readonly<Record<string, { readonly classes: readonly string[] | null }>>;
  readonly splits: Readonly<Record<string, number>>;
}

/**
 * Reads a data kind of the zoo (`e2e/zoo/python/data_kinds`) with one input and classes. It is made on first use with
 * the interpreter of the zoo (`make zoo`, or `NOEMA_ZOO_PYTHON`).
 */
export function readZooKind(cache: string, key: string, kind: InputKind, vocabulary?: number): Source {
  const folder = join(cache, key);
  if (!existsSync(join(folder, 'data.json'))) {
    const python = process.env['NOEMA_ZOO_PYTHON'] ?? join(ROOT, '.tools/zoo-python/bin/python');
    const script = [
      'import sys, pathlib, importlib',
      'importlib.import_module("data_kinds." + sys.argv[1]).load().save(pathlib.Path(sys.argv[2]))',
    ].join('\n');
    execFileSync(python, ['-c', script, key, folder], {
      cwd: join(ROOT, 'e2e/zoo/python'),
      env: { ...process.env, NOEMA_ZOO_CACHE: join(cache, 'zoo') },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  const { inputs, truths, splits } = JSON.parse(
    readFileSync(join(folder, 'data.json'), 'utf8'),
  ) as StoredData;
  const [[input, shape]] = Object.entries(inputs) as [[string, readonly number[]]];
  const [[truth, { classes }]] = Object.entries(truths) as [
    [string, { readonly classes: readonly string[] }],
  ];
  const n = Object.values(splits).reduce((sum, rows) => sum + rows, 0);
  return {
    key,
    kind,
    shape,
    classNames: classes,
    n,
    inputs: readFloats(join(folder, `${input}.f32`)),
    labels: Int32Array.from(readFloats(join(folder, `${truth}.f32`))),
    metadata: [],
    ...(vocabulary !== undefined && { vocabulary }),
  };
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
