import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figures } from '../row.js';
import type { SideKind } from './side.js';

const cli = fileURLToPath(new URL('../../../../../apps/cli/dist/src/main.js', import.meta.url));

interface WalkFigures {
  readonly validation_accuracy: number;
  readonly explorations: readonly { readonly trustworthiness: number; readonly label_agreement_map: number }[];
}

/** The whole walk by the command line on a fresh data directory, the start of the platform and its databases included. */
export const walkSide: SideKind = {
  key: 'walk',
  async prepare(_data, [epochs]) {
    let figures: Figures = {};
    return {
      work: async () => { figures = await walk(epochs!); },
      save: async () => figures,
    };
  },
};

async function walk(epochs: string): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'noema-bench-walk-'));
  try {
    const demo = spawn(process.execPath, [cli, '--data-dir', folder, 'demo', '--port', '0', '--epochs', epochs, '--exit'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = await once(demo, 'exit') as [number | null];
    if (code !== 0) throw new Error(`the walk ended with ${String(code)}`);
    const { validation_accuracy, explorations } = JSON.parse(readFileSync(join(folder, 'demo/result.json'), 'utf8')) as WalkFigures;
    const last = explorations.at(-1)!;
    return { 'validation accuracy': validation_accuracy, maps: explorations.length, trustworthiness: last.trustworthiness, 'label agreement': last.label_agreement_map };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
