import type { EventEmitter } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import type { ProcessBounds } from './process.bounds.js';
import type { RuntimeSpec } from './runtimes/runtime.js';

/** Where the code is: a module of this machine, or an unpacked bundle. */
export type LaunchedCode =
  | { readonly kind: 'module'; readonly path: string }
  | {
      readonly kind: 'bundle';
      readonly directory: string;
      readonly entry: string;
      /** Bytes of its files, where they may be many. */
      readonly bytes?: number;
    };

/** A folder of packages on this machine that a process may read. */
export interface PackageFolder {
  readonly path: string;
  /** Bytes of its files. */
  readonly bytes: number;
}

/** One process of user code to be started. */
export interface LaunchOrder {
  readonly runtime: RuntimeSpec;
  readonly code: LaunchedCode;
  /** Packages of its environment, in addition to the packages of the interpreter. */
  readonly packages?: PackageFolder | undefined;
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
  /** Limits that are watched and enforced from outside; absent for trusted code. */
  readonly bounds?: ProcessBounds;
  /** Lines of its last output that do not help a reader. */
  readonly noise?: RegExp;
}

/** How user code is kept apart from us. */
export interface Isolation {
  readonly name: 'none' | 'bubblewrap' | 'pod';
  /**
   * Throws `precondition` INTEGRATION_ISOLATION_UNAVAILABLE or INTEGRATION_RUNTIME_UNAVAILABLE, with the
   * reason, where modules of the runtime cannot run.
   */
  require(runtime: RuntimeSpec): Promise<void>;
  /** Starts a process; it ends with ours. */
  launch(order: LaunchOrder): Promise<Launched>;
}
