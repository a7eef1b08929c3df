import { DomainError } from '@noema/kernel';
import { quantile } from '../statistics.js';

interface Kind {
  readonly ms: number[];
  readonly errors: Map<string, number>;
}

/** Durations and failures of calls, by kind. */
export class CallRecord {
  private readonly kinds = new Map<string, Kind>();
  private readonly begun = performance.now();
  private ended: number | undefined;

  /** Makes one call and notes it; never rejects. */
  async note(key: string, call: () => Promise<unknown>): Promise<void> {
    const kind = this.kinds.get(key) ?? { ms: [], errors: new Map<string, number>() };
    this.kinds.set(key, kind);
    const begun = performance.now();
    try {
      await call();
      kind.ms.push(performance.now() - begun);
    } catch (error) {
      const code =
        error instanceof DomainError ? `${error.kind} ${error.reason}` : String(error).slice(0, 200);
      kind.errors.set(code, (kind.errors.get(code) ?? 0) + 1);
    }
  }

  /** The clock of the throughput stops. */
  end(): this {
    this.ended ??= performance.now();
    return this;
  }

  get seconds(): number {
    return ((this.ended ?? performance.now()) - this.begun) / 1000;
  }
  get calls(): number {
    return [...this.kinds.values()].reduce((sum, { ms }) => sum + ms.length, 0);
  }
  get perSecond(): number {
    return this.calls / this.seconds;
  }

  /** Milliseconds below which a share of all calls stays. */
  quantile(share: number): number {
    return quantile(
      [...this.kinds.values()].flatMap(({ ms }) => ms),
      share,
    );
  }

  /** How often calls failed, by code. */
  get errors(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const { errors } of this.kinds.values())
      for (const [code, count] of errors) sums.set(code, (sums.get(code) ?? 0) + count);
    return sums;
  }

  /** Errors as text; `0` if there are no errors. */
  get faults(): string {
    return this.errors.size === 0
      ? '0'
      : [...this.errors].map(([code, count]) => `${count} × ${code}`).join(', ');
  }

  /** One line a kind. */
  *lines(): Generator<string> {
    const width = Math.max(...[...this.kinds.keys()].map((key) => key.length));
    yield `${'call'.padEnd(width)}     calls     p50     p95     p99 ms  errors`;
    for (const [key, { ms, errors }] of [...this.kinds].sort(([a], [b]) => a.localeCompare(b))) {
      const at = (share: number): string =>
        (ms.length === 0 ? '-' : quantile(ms, share).toFixed(1)).padStart(8);
      yield `${key.padEnd(width)}  ${String(ms.length).padStart(8)}${at(0.5)}${at(0.95)}${at(0.99)}     ` +
        `${[...errors.values()].reduce((a, b) => a + b, 0)}`;
    }
  }
}
