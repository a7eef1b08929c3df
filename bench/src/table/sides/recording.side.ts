import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataDirectory, type PlatformState, readJson, startPlatformProcess } from '@noema/standalone';
import { python, PYTHON_FOLDER } from '../../python.js';
import { SideProcess } from '../measure/side.process.js';
import type { SideKind } from './side.js';
import { type LineQuality, type SlowLine, startSlowLine } from './slow-line.js';

const PACKAGE = fileURLToPath(new URL('../../../../../sdks/python/src', import.meta.url));
const TURN_LIMIT_S = 900;
/** How the platform is reached, by the argument of the side; `away` has no platform. */
const LINES: Readonly<Record<string, LineQuality>> = {
  up: { delayMs: 0, bytesPerSecond: Infinity },
  slow: { delayMs: 100, bytesPerSecond: 1_000_000 },
};

/**
 * A training loop in Python that the package records with its default watch. One turn is the steps of one
 * epoch; its end and its delivery are not in the turn.
 */
export const recordingSide: SideKind = {
  key: 'recording',
  async prepare(data, [reached]) {
    const folder = mkdtempSync(join(tmpdir(), 'noema-bench-recording-'));
    const quality = LINES[reached!];
    const platform = quality && (await startPlatformProcess({ dataDir: folder, port: 0 }));
    const line = quality && (await startSlowLine(await grpcAddress(folder), quality));
    const loop = await startLoop(data.path, reached!, { folder, line });
    return {
      work: async () => {
        await loop.turn(TURN_LIMIT_S);
      },
      save: (to) => loop.save(to),
      close: async () => {
        await loop.stop();
        line?.close();
        await platform?.stop();
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      },
    };
  },
};

/** Starts the loop, for which no platform but the one behind the line exists. */
async function startLoop(
  data: string,
  reached: string,
  { folder, line }: { readonly folder: string; readonly line: SlowLine | undefined },
): Promise<SideProcess> {
  const found = python(() => undefined);
  if ('missing' in found) throw new Error(found.missing);
  const key =
    line === undefined
      ? 'none'
      : (await readJson<{ api_key: string }>(new DataDirectory(folder).credentials))!.api_key;
  const environment = {
    NOEMA_URL: `grpc://${line?.address ?? '127.0.0.1:9'}`,
    NOEMA_API_KEY: key,
    NOEMA_SPOOL: join(folder, 'spool'),
    NOEMA_EXIT_S: '1',
    PYTHONPATH: PACKAGE,
  };
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const loop = [found.interpreter, '-B', join(PYTHON_FOLDER, 'recorded_loop.py'), data, reached];
  return SideProcess.start({ program: 'env', args: [...settings, ...loop] }, 2);
}

async function grpcAddress(folder: string): Promise<string> {
  return (await readJson<PlatformState>(new DataDirectory(folder).state))!.grpcAddress;
}
