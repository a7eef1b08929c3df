import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import type { Figures } from '../row.js';
import type { SideKind } from './side.js';

const cli = fileURLToPath(new URL('../../../../../apps/cli/dist/src/main.js', import.meta.url));

interface WalkFigures {
  readonly validation_accuracy: number;
  readonly explorations: readonly {
    readonly trustworthiness: number;
    readonly label_agreement_map: number;
  }[];
}

/**
 * The whole walk by the command line on a fresh data directory, the start of the platform and its databases
 * included.
 */
export const walkSide: SideKind = {
  key: 'walk',
  prepare(_data, [epochs]) {
    let figures: Figures = {};
    return Promise.resolve({
      work: async () => {
        const folder = freshFolder();
        await demo(folder, epochs!);
        figures = figuresIn(folder);
        remove(folder);
      },
      save: () => Promise.resolve(figures),
    });
  },
};

/**
 * The walk on a platform that has done one of a single epoch: as for the script, everything is warm and the
 * digits are there.
 */
export const warmWalkSide: SideKind = {
  key: 'warm-walk',
  prepare(_data, [epochs]) {
    let folder = '';
    let platform: PlatformProcess | undefined;
    const end = async (): Promise<void> => {
      await platform?.stop();
      platform = undefined;
      remove(folder);
    };
    return Promise.resolve({
      begin: async () => {
        folder = freshFolder();
        platform = await startPlatformProcess({ dataDir: folder, port: 0 });
        await demo(folder, '1', { fallsShort: true });
      },
      work: () => demo(folder, epochs!),
      save: async () => {
        const figures = figuresIn(folder);
        await end();
        return figures;
      },
      close: end,
    });
  },
};

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'noema-bench-walk-'));
const remove = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
};

/** A network of one epoch reads too few digits, which the command says by its exit code. */
async function demo(folder: string, epochs: string, { fallsShort = false } = {}): Promise<void> {
  const command = spawn(
    process.execPath,
    [cli, '--data-dir', folder, 'demo', '--port', '0', '--epochs', epochs, '--exit'],
    { stdio: ['ignore', 'ignore', fallsShort ? 'ignore' : 'inherit'] },
  );
  const [code] = (await once(command, 'exit')) as [number | null];
  if (code !== 0 && !fallsShort) throw new Error(`the walk ended with ${String(code)}`);
}

function figuresIn(folder: string): Figures {
  const { validation_accuracy, explorations } = JSON.parse(
    readFileSync(join(folder, 'demo/result.json'), 'utf8'),
  ) as WalkFigures;
  const last = explorations.at(-1)!;
  return {
    'validation accuracy': validation_accuracy,
    maps: explorations.length,
    trustworthiness: last.trustworthiness,
    'label agreement': last.label_agreement_map,
  };
}
