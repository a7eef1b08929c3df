import type { Column, Frame } from '@noema/evaluation';
import { WorkerClient } from '../../parts/worker-client.js';
import type { ChartCall, DashboardResult, ScoreFile } from './dashboard-engine.js';
import type { DashboardAnswer, DashboardCall } from './dashboard.worker.js';

/** Computes dashboards next to the page, so that a million samples do not hold it up. */
export class DashboardWorker {
  private readonly client = new WorkerClient<DashboardCall, DashboardAnswer>(
    new Worker(new URL('./dashboard.worker.ts', import.meta.url), { type: 'module' }),
    'charts',
  );

  async open(frame: Omit<Frame, 'columns'>): Promise<void> {
    await this.client.call({ method: 'open', frame });
  }

  async closeVersion(version: string): Promise<void> {
    await this.client.call({ method: 'close', version });
  }

  /** The arrays of the columns move to the worker. */
  async add(version: string, columns: readonly (readonly [string, Column])[]): Promise<void> {
    const arrays = columns.map(
      ([, column]) => (column.kind === 'text' ? column.codes : column.values).buffer,
    );
    await this.client.call({ method: 'add', version, columns }, [...new Set(arrays)]);
  }

  /** The bytes of the file move to the worker. */
  async addScores(version: string, file: ScoreFile): Promise<void> {
    await this.client.call({ method: 'scores', version, file }, 'bytes' in file ? [file.bytes.buffer] : []);
  }

  compute(calls: readonly ChartCall[], filters: readonly string[]): Promise<DashboardResult> {
    return this.client.call({ method: 'compute', calls, filters }) as Promise<DashboardResult>;
  }

  rows(filters: readonly string[]): Promise<Uint32Array> {
    return this.client.call({ method: 'rows', filters }) as Promise<Uint32Array>;
  }

  close(): void {
    this.client.close();
  }
}
