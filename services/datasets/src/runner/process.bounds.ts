/** Limits of a sandboxed process. */
export interface ProcessBounds {
  /** Memory of the process and its children together. */
  readonly memoryBytes: number;
  /** CPU time of one call. */
  readonly cpuMs: number;
  /** Processes and threads. */
  readonly tasks: number;
  /** Files in its own /tmp, which is in memory. */
  readonly tmpBytes: number;
}
