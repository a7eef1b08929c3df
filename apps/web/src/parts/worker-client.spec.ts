import { describe, expect, it } from 'vitest';
import { WorkerClient, type WorkerMessage } from './worker-client.js';

/** A worker whose answers a test sends. */
class HeldWorker extends EventTarget {
  readonly messages: WorkerMessage<string>[] = [];
  postMessage(message: WorkerMessage<string>): void {
    this.messages.push(message);
  }
  terminate(): void {}
  answer(id: number, result: string): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: { id, result } }));
  }
  crash(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }
}

describe('calls of a worker', () => {
  it('get their own answers in any order', async () => {
    const worker = new HeldWorker();
    const client = new WorkerClient<string, string>(worker, 'numbers');
    const answers = [client.call('a'), client.call('b')];
    worker.answer(1, 'of b');
    worker.answer(0, 'of a');
    expect(await Promise.all(answers)).toEqual(['of a', 'of b']);
  });

  it('fail when the worker fails, also the calls after that', async () => {
    const worker = new HeldWorker();
    const client = new WorkerClient<string, string>(worker, 'numbers');
    const open = client.call('a');
    worker.crash('no such file');
    await expect(open).rejects.toThrow('the numbers cannot be computed: no such file');
    await expect(client.call('b')).rejects.toMatchObject({ reason: 'WORKER_FAILED' });
    expect(worker.messages).toHaveLength(1);
  });
});
