import type { EventEmitter } from 'node:events';
import type { Duplex, Readable } from 'node:stream';

/** What a sandboxed process may use. */
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

/** Where the code is: a module of this machine, or an unpacked bundle. */
export type LaunchedCode =
  | { readonly kind: 'module'; readonly path: string }
  | { readonly kind: 'bundle'; readonly directory: string; readonly entry: string };

/** One process of user code to be started. */
export interface LaunchOrder {
  readonly code: LaunchedCode;
  /** It may reach the network. */
  readonly network: boolean;
}

/** A process of user code, here or in a pod; it emits `exit` and `close` as a ChildProcess does. */
export interface RunningChild extends EventEmitter {
  readonly pid?: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  kill(signal?: 'SIGKILL'): boolean;
}

/** A process of user code and its channel. */
export interface Launched {
  readonly child: RunningChild;
  readonly channel: Duplex;
  /** The module, as the process sees it. */
  readonly modulePath: string;
  /** What is watched and enforced from outside; absent for trusted code. */
  readonly bounds?: ProcessBounds;
}

/** How user code is kept apart from us. */
export interface Isolation {
  readonly name: 'none' | 'bubblewrap' | 'pod';
  /** Throws `precondition` INTEGRATION_ISOLATION_UNAVAILABLE, and says why, where it cannot run. */
  require(): Promise<void>;
  /** Starts a process; it ends with ours. */
  launch(order: LaunchOrder): Promise<Launched>;
}
