import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON_FOLDER } from '../../python.js';
import type { Figures, Row, Saved } from '../row.js';

type Kind = 'maps' | 'neighbors' | 'responses' | 'perception' | 'heat-maps' | 'completeness';

const run = promisify(execFile);

/**
 * Has `bench/python/judge.py` measure what all have made; where a figure is a difference, it is one from the
 * last contestant. Without Python nothing is judged.
 */
export const judgedBy =
  (kind: Kind, argument = '-'): NonNullable<Row['judge']> =>
  async ({ folders, data, interpreter }: Saved) => {
    if (interpreter === undefined) return new Map();
    const { stdout } = await run(
      interpreter,
      ['-B', join(PYTHON_FOLDER, 'judge.py'), kind, data.path, argument, ...folders.values()],
      { maxBuffer: 1 << 26 },
    );
    const figures = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Figures>;
    return new Map([...folders].map(([name, folder]) => [name, figures[folder]!]));
  };
