/**
 * Early end of one call: its caller leaves, or the server stops. A call that only needs to hear of it costs no
 * AbortSignal; the signal is made when it is first read.
 */
export class CallEnd {
  isAborted = false;
  /** Why the call ended early; `undefined` while it has not. */
  reason: unknown;
  private controller: AbortController | undefined;
  private stop: (() => void) | undefined;

  /** Ends the call; only the first reason counts. */
  abort(reason: unknown): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.reason = reason;
    this.controller?.abort(reason);
    this.stop?.();
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isAborted) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  /** Calls `stop` at the early end, at once if it is past. A later listener takes the place of an earlier one. */
  onAbort(stop: (() => void) | undefined): void {
    this.stop = stop;
    if (this.isAborted) stop?.();
  }

  throwIfAborted(): void {
    if (this.isAborted) throw this.reason;
  }
}
