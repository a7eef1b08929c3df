/** A call that can end early: an `AbortController` or a `CallEnd`. */
export interface Abortable {
  abort(reason: unknown): void;
}

/**
 * Aborts its calls when a signal of the server aborts. It has one listener for all of its calls:
 * `AbortSignal.any` with a signal that lives as long as the server would cost more per call than everything
 * else.
 */
export class CallGroup {
  private readonly calls = new Set<Abortable>();

  constructor(private readonly stop: AbortSignal) {
    stop.addEventListener(
      'abort',
      () => {
        for (const call of this.calls) call.abort(stop.reason);
      },
      { once: true },
    );
  }

  /** Adds a call until it is deleted. A call that is added after the abort is aborted at once. */
  add(call: Abortable): void {
    this.calls.add(call);
    if (this.stop.aborted) call.abort(this.stop.reason);
  }

  delete(call: Abortable): void {
    this.calls.delete(call);
  }
}
