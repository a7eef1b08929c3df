/**
 * Aborts the calls in it when a signal of the server aborts. It has one listener for all of its calls: a
 * signal of each call that depends on one that lives as long as the server (`AbortSignal.any`) costs every
 * call more than the rest of its administration.
 */
export class CallGroup {
  private readonly calls = new Set<AbortController>();

  constructor(private readonly stop: AbortSignal) {
    stop.addEventListener(
      'abort',
      () => {
        for (const call of this.calls) call.abort(stop.reason);
      },
      { once: true },
    );
  }

  /** Adds a call until it is deleted; one that comes too late is aborted at once. */
  add(call: AbortController): void {
    this.calls.add(call);
    if (this.stop.aborted) call.abort(this.stop.reason);
  }

  delete(call: AbortController): void {
    this.calls.delete(call);
  }
}
