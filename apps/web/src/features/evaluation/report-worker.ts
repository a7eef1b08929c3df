import { DomainError } from '@noema/kernel/domain-error';
import type { Pick, Report, ReportRequest } from './report.js';
import type { WorkerAnswer, WorkerCall } from './worker-calls.js';

/** Computes reports next to the page, so that a million samples do not hold it up. */
export class ReportWorker {
  /** Distinguishes the evaluations of this worker in caches. */
  readonly id = crypto.randomUUID();
  private readonly worker = new Worker(new URL('./report.worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, (answer: WorkerAnswer) => void>();
  private next = 0;

  constructor() {
    this.worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer>) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    });
    this.worker.addEventListener('error', ({ message }) => {
      const fault = {
        kind: 'internal',
        reason: 'REPORT_FAILED',
        message: `the numbers cannot be computed: ${message || 'the program failed'}; load the page again`,
      } as const;
      for (const [id, answer] of this.waiting) answer({ id, fault });
      this.waiting.clear();
    });
  }

  async load(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.call({ method: 'load', key, bytes }, [bytes.buffer]);
  }

  report(request: ReportRequest): Promise<Report> {
    return this.call({ method: 'report', request }) as Promise<Report>;
  }

  pick(request: ReportRequest, pick: Pick): Promise<Uint32Array> {
    return this.call({ method: 'pick', request, pick }) as Promise<Uint32Array>;
  }

  close(): void {
    this.worker.terminate();
  }

  private async call(call: WorkerCall, moved: Transferable[] = []): Promise<WorkerAnswer['result']> {
    const id = this.next++;
    const { result, fault } = await new Promise<WorkerAnswer>((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, call }, moved);
    });
    if (fault !== undefined) throw new DomainError(fault.kind, fault.reason, fault.message);
    return result;
  }
}
