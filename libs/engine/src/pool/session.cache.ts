import { collectGarbage } from '@noema/threads';
import { LRUCache } from 'lru-cache';
import type { Backend, BackendSession } from '../backends/backend.js';
import type { SentProgram } from './pool.messages.js';

/** From this size of a program on, the copy that a session was opened with is freed at once. */
const LARGE_BYTES = 16 * 2 ** 20;

/**
 * Caches the sessions of the most recently used programs, at most `capacityBytes` by their costs, and always at
 * least one.
 */
export class SessionCache {
  private readonly sessions: LRUCache<string, BackendSession>;
  private readonly capacityBytes: number;

  constructor(
    private readonly backend: Backend,
    capacityBytes: number,
  ) {
    this.capacityBytes = Math.max(1, Math.floor(capacityBytes));
    this.sessions = new LRUCache({ maxSize: this.capacityBytes });
  }

  async open({ sha256, bytes: shared, cost, ...options }: SentProgram): Promise<BackendSession> {
    const known = this.sessions.get(sha256);
    if (known !== undefined) return known;
    const size = Math.min(Math.max(1, cost), this.capacityBytes);
    // Room is made before the new session takes memory.
    while (this.sessions.size > 0 && this.sessions.calculatedSize + size > this.capacityBytes)
      await this.sessions.pop()!.dispose();
    // The runtime refuses shared memory.
    const session = await this.backend.open(new Uint8Array(shared).slice(), options);
    this.sessions.set(sha256, session, { size });
    // V8 may keep the copy for the whole run, as this thread allocates hardly anything.
    if (shared.byteLength > LARGE_BYTES) collectGarbage();
    return session;
  }

  get count(): number {
    return this.sessions.size;
  }
}
