import { WorkerClient } from '../../parts/worker-client.js';
import type { Pick, Report, ReportRequest } from './report.js';
import type { WorkerCall, WorkerResult } from './worker-calls.js';

/** Computes reports next to the page, so that a million samples do not hold it up. */
export class ReportWorker {
  /** Distinguishes the evaluations of this worker in caches. */
  readonly id = crypto.randomUUID();
  private readonly client = new WorkerClient<WorkerCall, WorkerResult>(
    new Worker(new URL('./report.worker.ts', import.meta.url), { type: 'module' }),
    'numbers',
  );

  /** `output` is the position of one of several outputs; without it the first one is loaded with the losses of all. */
  async load(key: string, bytes: Uint8Array<ArrayBuffer>, output: number | undefined): Promise<void> {
    await this.client.call({ method: 'load', key, bytes, output }, [bytes.buffer]);
  }

  report(request: ReportRequest): Promise<Report> {
    return this.client.call({ method: 'report', request }) as Promise<Report>;
  }

  pick(request: ReportRequest, pick: Pick): Promise<Uint32Array> {
    return this.client.call({ method: 'pick', request, pick }) as Promise<Uint32Array>;
  }

  close(): void {
    this.client.close();
  }
}
