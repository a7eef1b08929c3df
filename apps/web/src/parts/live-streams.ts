export type LiveState = 'live' | 'lost' | 'ended' | 'idle';

/** A stream and who hears it. */
export interface LiveSource {
  readonly open: (signal: AbortSignal) => AsyncIterable<unknown>;
  readonly each: (message: unknown) => void;
}

interface Followed {
  source: LiveSource;
  users: number;
  state: LiveState;
  abort: AbortController | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/**
 * One stream for each key, however many follow it; closed a moment after the last has left, taken up again
 * when it was lost.
 */
export class LiveStreams {
  private readonly followed = new Map<string, Followed>();
  private readonly listeners = new Set<() => void>();
  private resting = false;

  /**
   * `again` says which failures pass; `lingerMs` is how long a stream outlives its last follower, `retryMs`
   * the pause before a lost one is tried again.
   */
  constructor(
    private readonly again: (error: unknown) => boolean,
    private readonly lingerMs = 500,
    private readonly retryMs = 10_000,
  ) {}

  /** Follows the key until the returned function is called. */
  follow(key: string, source: LiveSource): () => void {
    const entry = this.followed.get(key) ?? {
      source,
      users: 0,
      state: 'idle',
      abort: undefined,
      timer: undefined,
    };
    this.followed.set(key, entry);
    entry.users++;
    if (entry.users === 1) {
      entry.source = source;
      clearTimeout(entry.timer);
      if (entry.abort === undefined) this.start(entry);
    }
    return () => {
      if (--entry.users > 0) return;
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => {
        this.stop(entry);
        this.followed.delete(key);
      }, this.lingerMs);
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getState(key: string): LiveState {
    return this.followed.get(key)?.state ?? 'idle';
  }

  /** Closes all streams, or opens again the ones that have not ended. */
  rest(resting: boolean): void {
    this.resting = resting;
    for (const entry of this.followed.values()) {
      if (resting) this.stop(entry);
      else if (entry.users > 0 && entry.state !== 'ended' && entry.abort === undefined) this.start(entry);
    }
  }

  private start(entry: Followed): void {
    if (this.resting) return;
    clearTimeout(entry.timer);
    const abort = new AbortController();
    entry.abort = abort;
    void this.read(entry, abort).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      entry.abort = undefined;
      this.change(entry, this.again(error) ? 'lost' : 'ended');
      if (entry.state === 'lost')
        entry.timer = setTimeout(() => {
          this.start(entry);
        }, this.retryMs);
    });
  }

  private async read(entry: Followed, abort: AbortController): Promise<void> {
    for await (const message of entry.source.open(abort.signal)) {
      if (abort.signal.aborted) return;
      this.change(entry, 'live');
      entry.source.each(message);
    }
    if (abort.signal.aborted) return;
    entry.abort = undefined;
    this.change(entry, 'ended');
  }

  private stop(entry: Followed): void {
    clearTimeout(entry.timer);
    entry.abort?.abort();
    entry.abort = undefined;
    if (entry.state === 'live') this.change(entry, 'idle');
  }

  private change(entry: Followed, state: LiveState): void {
    if (entry.state === state) return;
    entry.state = state;
    for (const listener of this.listeners) listener();
  }
}
