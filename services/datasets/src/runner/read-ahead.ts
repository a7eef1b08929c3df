import type { Answer } from './user-process.js';

/** Rows of one shard. */
export interface ShardRows {
  readonly firstRow: number;
  readonly rowCount: number;
}

/** How a call is stopped, and who hears how far it is. */
export interface Attention {
  readonly signal: AbortSignal;
  readonly progress: (done: number) => void;
}

/**
 * The next shard, which a process encodes while the host checks and stores the shard before. There is at most one for
 * each process, so that neither side gets further ahead.
 */
export class ReadAhead {
  private readonly stop = new AbortController();
  private readonly answer: Promise<Answer<'encode'>>;
  private done = 0;
  private progress: Attention['progress'] = () => undefined;

  constructor(
    private readonly rows: ShardRows,
    encode: (rows: ShardRows, attention: Attention) => Promise<Answer<'encode'>>,
  ) {
    this.answer = encode(rows, {
      signal: this.stop.signal,
      progress: (done) => {
        this.done = done;
        this.progress(done);
      },
    });
    // whoever takes the answer gets the fault
    this.answer.catch(() => undefined);
  }

  covers({ firstRow, rowCount }: ShardRows): boolean {
    return this.rows.firstRow === firstRow && this.rows.rowCount === rowCount;
  }

  /** The answer of the process; an abort kills the process. */
  async take({ signal, progress }: Attention): Promise<Answer<'encode'>> {
    this.progress = progress;
    if (this.done > 0) progress(this.done);
    const abort = (): void => {
      this.stop.abort(signal.reason);
    };
    signal.addEventListener('abort', abort);
    try {
      if (signal.aborted) abort();
      return await this.answer;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Returns when the process is free for another call, or has ended. */
  async settle(signal: AbortSignal): Promise<void> {
    await this.take({ signal, progress: () => undefined }).catch(() => undefined);
  }
}
