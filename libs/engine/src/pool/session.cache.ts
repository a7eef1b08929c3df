import type { Backend, BackendSession } from '../backends/backend.js';
import type { SentProgram } from './pool.messages.js';

interface Entry {
  readonly session: BackendSession;
  readonly sizeBytes: number;
}

/**
 * Keeps the sessions of the programs used last, at most `capacityBytes` of programs; one program is always
 * kept.
 */
export class SessionCache {
  /** In the order of last use. */
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly backend: Backend,
    private readonly capacityBytes: number,
  ) {}

  async open({ sha256, bytes: shared, ...options }: SentProgram): Promise<BackendSession> {
    const known = this.entries.get(sha256);
    if (known !== undefined) {
      this.entries.delete(sha256);
      this.entries.set(sha256, known);
      return known.session;
    }
    await this.makeRoom(shared.byteLength);
    // The runtime refuses shared memory.
    const session = await this.backend.open(new Uint8Array(shared).slice(), options);
    this.entries.set(sha256, { session, sizeBytes: shared.byteLength });
    return session;
  }

  get count(): number {
    return this.entries.size;
  }

  get sizeBytes(): number {
    return [...this.entries.values()].reduce((total, { sizeBytes }) => total + sizeBytes, 0);
  }

  private async makeRoom(sizeBytes: number): Promise<void> {
    for (const [sha256, entry] of this.entries) {
      if (this.sizeBytes + sizeBytes <= this.capacityBytes) return;
      this.entries.delete(sha256);
      await entry.session.dispose();
    }
  }
}
