import { DomainError, type ErrorKind } from '@noema/kernel/domain-error';

/** A call of a worker, numbered. */
export interface WorkerMessage<Call> {
  readonly id: number;
  readonly call: Call;
}

/** The answer of a worker to a call. */
export interface WorkerAnswer<Result> {
  readonly id: number;
  readonly result?: Result;
  readonly fault?: WorkerFault;
}

interface WorkerFault {
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly message: string;
}

/** The part of a worker that calls need. */
export type CallableWorker = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>;

/** Calls a worker and waits for its answers. After a worker has failed, every call fails. */
export class WorkerClient<Call, Result> {
  private readonly waiting = new Map<number, (answer: WorkerAnswer<Result>) => void>();
  private failure: WorkerFault | undefined;
  private next = 0;

  /** `what` names the results, in the plural. */
  constructor(
    private readonly worker: CallableWorker,
    private readonly what: string,
  ) {
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerAnswer<Result>>) => {
      this.waiting.get(data.id)?.(data);
      this.waiting.delete(data.id);
    });
    worker.addEventListener('error', ({ message }) => {
      this.fail(message);
    });
    worker.addEventListener('messageerror', () => {
      this.fail('an answer cannot be read');
    });
  }

  /** Sends a call; the buffers in `moved` move to the worker. Throws the fault of the worker. */
  async call(call: Call, moved: Transferable[] = []): Promise<Result | undefined> {
    const id = this.next++;
    const { result, fault } = await new Promise<WorkerAnswer<Result>>((resolve) => {
      if (this.failure !== undefined) {
        resolve({ id, fault: this.failure });
        return;
      }
      this.waiting.set(id, resolve);
      this.worker.postMessage({ id, call }, moved);
    });
    if (fault !== undefined) throw new DomainError(fault.kind, fault.reason, fault.message);
    return result;
  }

  close(): void {
    this.worker.terminate();
  }

  private fail(message: string): void {
    this.failure = {
      kind: 'internal',
      reason: 'WORKER_FAILED',
      message: `the ${this.what} cannot be computed: ${message || 'the program failed'}; load the page again`,
    };
    for (const [id, answer] of this.waiting) answer({ id, fault: this.failure });
    this.waiting.clear();
  }
}
