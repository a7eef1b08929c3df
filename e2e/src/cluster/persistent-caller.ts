import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, RestCaller } from '../rest-caller.js';

const PAUSE_MS = 250;
/**
 * Statuses that ask a client to try again: nothing answered, too many at once, a service away, a deadline.
 */
const AGAIN = new Set([409, 429, 502, 503, 504]);

/** Calls again and again, with the same request, until there is an answer that repeating cannot change. */
export class PersistentCaller {
  /** Answers that only report an internal fault: none of them is a fault's fair end. */
  readonly surprises: string[] = [];

  constructor(
    private readonly rest: RestCaller,
    private readonly patienceMs: number,
  ) {}

  async get(path: string): Promise<Record<string, unknown>> {
    return this.insist('GET', path);
  }

  /** Makes a resource; the request id makes it one however often it is requested. */
  async make<T>(path: string, field: string, requestId: string, body: object): Promise<T> {
    return (await this.insist('POST', path, { ...body, requestId }))[field] as T;
  }

  private async insist(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const end = performance.now() + this.patienceMs;
    for (;;) {
      const answer = await this.rest
        .call(method, path, body)
        .catch((error: unknown): Answer => ({ status: 0, body: { error: String(error) } }));
      if (answer.status === 200) return answer.body;
      const told = `${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 500)}`;
      if (answer.status === 500) this.surprises.push(told);
      if (
        (answer.status !== 0 && answer.status !== 500 && !AGAIN.has(answer.status)) ||
        performance.now() > end
      )
        throw new Error(told);
      await delay(PAUSE_MS);
    }
  }
}
