import { DomainError } from '@noema/kernel/domain-error';
import type { Column, Frame } from '@noema/evaluation';
import type { ChartCall, DashboardResult } from './dashboard-engine.js';
import type { DashboardAnswer, DashboardCall } from './dashboard.worker.js';

/** Computes dashboards next to the page, so that a million samples do not hold it up. */
export class DashboardWorker {
  private readonly worker = new Worker(new URL('./dashboard.worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, (answer: DashboardAnswer) => void>();
  private next = 0;

  constructor() {
    this.worker.addEventListener('message', ({ data }: MessageEvent<DashboardAnswer>) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    });
    this.worker.addEventListener('error', ({ message }) => {
      const fault = {
        kind: 'internal',
        reason: 'DASHBOARD_FAILED',
        message: `the charts cannot be computed: ${message || 'the program failed'}; load the page again`,
      } as const;
      for (const [id, answer] of this.waiting) answer({ id, fault });
      this.waiting.clear();
    });
  }

  async open(frame: Omit<Frame, 'columns'>): Promise<void> {
    await this.call({ method: 'open', frame });
  }

  async closeVersion(version: string): Promise<void> {
    await this.call({ method: 'close', version });
  }

  /** The arrays of the columns move to the worker. */
  async add(version: string, columns: readonly (readonly [string, Column])[]): Promise<void> {
    const arrays = columns.map(
      ([, column]) => (column.kind === 'text' ? column.codes : column.values).buffer,
    );
    await this.call({ method: 'add', version, columns }, [...new Set(arrays)]);
  }

  compute(calls: readonly ChartCall[], filters: readonly string[]): Promise<DashboardResult> {
    return this.call({ method: 'compute', calls, filters }) as Promise<DashboardResult>;
  }

  rows(filters: readonly string[]): Promise<Uint32Array> {
    return this.call({ method: 'rows', filters }) as Promise<Uint32Array>;
  }

  close(): void {
    this.worker.terminate();
  }

  private async call(call: DashboardCall, moved: Transferable[] = []): Promise<DashboardAnswer['result']> {
    const id = this.next++;
    const { result, fault } = await new Promise<DashboardAnswer>((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, call }, moved);
    });
    if (fault !== undefined) throw new DomainError(fault.kind, fault.reason, fault.message);
    return result;
  }
}
