import { LRUCache } from 'lru-cache';
import { signInBackOff } from './session.errors.js';

interface Entry {
  failures: number;
  untilMs: number;
}

/**
 * Number of wrong keys from an address before its next attempt has to wait: people mistype, and a whole
 * office may share an address.
 */
const FREE = 20;
const LONGEST_MS = 30_000;
const FORGOTTEN_AFTER_MS = 10 * 60_000;
const CACHE_ENTRIES = 10_000;

/**
 * Makes whoever tries wrong keys wait, twice as long each time. Keys cannot be guessed; this keeps the trying
 * from costing us.
 */
export class SignInBackOff {
  private readonly entries = new LRUCache<string, Entry>({ max: CACHE_ENTRIES });

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** Throws `exhausted` SIGN_IN_BACK_OFF while the address has to wait. */
  enter(address: string): void {
    const waitMs = (this.entries.get(address)?.untilMs ?? 0) - this.nowMs();
    if (waitMs > 0) throw signInBackOff(Math.ceil(waitMs / 1000));
  }

  failed(address: string): void {
    const known = this.entries.get(address);
    const failures =
      known === undefined || this.nowMs() - known.untilMs > FORGOTTEN_AFTER_MS ? 1 : known.failures + 1;
    this.entries.set(address, {
      failures,
      untilMs:
        this.nowMs() + (failures <= FREE ? 0 : Math.min(LONGEST_MS, 1000 * 2 ** (failures - FREE - 1))),
    });
  }

  succeeded(address: string): void {
    this.entries.delete(address);
  }
}
