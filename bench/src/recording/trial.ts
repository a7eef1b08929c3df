import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { noemaJson } from '@noema/e2e/command-line';
import { readRecordedResponses, readResponseMatrices } from '@noema/population/files';
import { waitFor } from '@noema/testing';
import { SCRIPT, TrainingProcess } from './training.process.js';

const PACKAGE = fileURLToPath(new URL('../../../../sdks/python/src', import.meta.url));
/** Steps of an epoch of the script: 26 of training samples and 7 of validation samples. */
export const STEPS = 33;
export const EPOCHS = 3;

export interface EpochFound {
  readonly epoch: number;
  /** Why it is partial; empty for a whole one. */
  readonly partial: string;
  readonly wrong: readonly string[];
  /** Samples without an output. */
  readonly missing: number;
  /** File that names the responses; empty without any. */
  readonly responses: string;
}

interface Found {
  readonly ended: number;
  readonly epochs: readonly EpochFound[];
}

/** The platform of all trials, which may be killed and started again. */
export class TrialPlatform {
  constructor(readonly directory: string) {}

  async up(): Promise<void> {
    await noemaJson(this.directory, 'up', '--port', '0');
  }

  async kill(): Promise<void> {
    process.kill(-(await this.state()).pid, 'SIGKILL');
  }

  async state(): Promise<{ readonly pid: number; readonly grpcAddress: string }> {
    return JSON.parse(await readFile(join(this.directory, 'platform.json'), 'utf8')) as {
      pid: number;
      grpcAddress: string;
    };
  }

  async key(): Promise<string> {
    const text = await readFile(join(this.directory, 'credentials.json'), 'utf8');
    return (JSON.parse(text) as { api_key: string }).api_key;
  }
}

/** One training with one fault, and its epochs on the platform in the end. */
export class Trial {
  constructor(
    readonly platform: TrialPlatform,
    readonly python: string,
    readonly name: string,
    readonly seed: number,
    /** Empty folder of the trial. */
    readonly folder: string,
    private readonly work: 'loop' | 'ranks' | 'loader',
    readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  start(args: readonly string[], more: Readonly<Record<string, string>> = {}): TrainingProcess {
    const rest = [this.name, String(this.seed), ...args];
    return TrainingProcess.start(this.python, this.folder, this.env(more), [this.work, ...rest]);
  }

  /** Sends what is left in the spool. */
  async sync(): Promise<void> {
    await this.call('-m', 'noema', 'sync');
  }

  /** Reads every epoch once the platform has put together all that the training has ended. */
  async read(): Promise<readonly EpochFound[]> {
    const { epochs } = await waitFor(
      async () => {
        const output = await this.call(SCRIPT, 'check', this.name, this.work);
        const found = JSON.parse(output.trim().split('\n').at(-1)!) as Found;
        return found.epochs.length === found.ended ? found : undefined;
      },
      { timeoutMs: 300_000, intervalMs: 1_000, what: `the epochs of ${this.name}` },
    );
    return Promise.all(
      epochs.map(async (one) => ({ ...one, wrong: [...one.wrong, ...(await this.compareResponses(one))] })),
    );
  }

  private async call(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.python, args, {
      cwd: this.folder,
      env: { ...this.env(), NOEMA_URL: undefined, NOEMA_API_KEY: undefined },
    });
    return stdout;
  }

  private env(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      PYTHONPATH: PACKAGE,
      OMP_NUM_THREADS: '1',
      NOEMA_DATA_DIR: this.platform.directory,
      NOEMA_SPOOL: join(this.folder, 'spool'),
      NOEMA_EXIT_S: '240',
      // Half of the trials send in mid-epoch, the others at its end.
      NOEMA_SEND_S: this.seed % 2 === 0 ? '0' : '10',
      ...this.environment,
      ...more,
    };
  }

  /** Mean and maximum of all responses of an epoch, against what was logged, to the bit. */
  private async compareResponses({ epoch, responses }: EpochFound): Promise<string[]> {
    if (responses === '') return [];
    const store = join(this.platform.directory, 'store');
    const { layers, shards } = readRecordedResponses(await readFile(join(store, responses)));
    const units = layers.reduce((sum, layer) => sum + layer.units, 0);
    const bytes = await readFile(join(this.folder, `responses-${epoch}.f32`));
    const expected = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    let first = 0;
    let wrong = 0;
    for (const { uri } of shards) {
      const { mean, max, rows } = readResponseMatrices(await readFile(join(store, uri)));
      for (let i = 0; i < rows * units; i++)
        if (mean[i] !== expected[first + i] || max[i] !== expected[first + i]) wrong++;
      first += rows * units;
    }
    if (first !== expected.length) return [`${first} responses, not ${expected.length}`];
    return wrong > 0 ? [`${wrong} of ${first} responses differ`] : [];
  }
}
