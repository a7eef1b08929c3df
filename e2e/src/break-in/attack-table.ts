/** Responses of an overloaded platform. An attack that brings it down gets one of them every time. */
const BUSY = /"reason":"(?:DATABASE|SERVICE)_UNAVAILABLE"/;
const TRIES = 3;

/** Counts what was tried, by kind of attack, and keeps what got through. */
export class AttackTable {
  private readonly kinds = new Map<string, { attempts: number; readonly passed: string[] }>();

  /** Notes one attempt; `passed` says what the attacker got, `undefined` when nothing. */
  note(kind: string, passed: string | undefined): void {
    const row = this.kinds.get(kind) ?? { attempts: 0, passed: [] };
    this.kinds.set(kind, row);
    row.attempts++;
    if (passed !== undefined) row.passed.push(passed.slice(0, 500));
  }

  /** Makes attempts of one kind, some at the same time; one that meets a busy platform is made again. */
  async each<T>(
    kind: string,
    attempts: Iterable<T>,
    attack: (attempt: T) => Promise<string | undefined>,
    atOnce = 8,
  ): Promise<void> {
    const queue = [...attempts];
    const tried = async (attempt: T): Promise<string | undefined> => {
      let passed = await attack(attempt);
      for (let tries = 1; tries < TRIES && passed !== undefined && BUSY.test(passed); tries++)
        passed = await attack(attempt);
      return passed;
    };
    const loop = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        this.note(kind, await tried(next));
    };
    await Promise.all(Array.from({ length: atOnce }, loop));
  }

  /** Successful attacks of a kind; of all kinds if none is named. */
  passed(kind?: string): readonly string[] {
    return [...this.kinds]
      .filter(([name]) => kind === undefined || name === kind)
      .flatMap(([, { passed }]) => passed);
  }

  get attempts(): number {
    return [...this.kinds.values()].reduce((sum, row) => sum + row.attempts, 0);
  }

  /** One line a kind, for people. */
  toString(): string {
    const width = Math.max(...[...this.kinds.keys()].map((kind) => kind.length));
    const line = (kind: string, attempts: number | string, passed: number | string): string =>
      `${kind.padEnd(width)}  ${String(attempts).padStart(8)}  ${String(passed).padStart(6)}`;
    return [
      line('attack', 'attempts', 'passed'),
      ...[...this.kinds].map(([kind, { attempts, passed }]) => line(kind, attempts, passed.length)),
      line('all', this.attempts, this.passed().length),
    ].join('\n');
  }
}
