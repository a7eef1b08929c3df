import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';

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

/** One process of user code to be started. */
export interface LaunchOrder {
  /** The module, as its process will see it. */
  readonly modulePath: string;
  /** Where a bundle was unpacked; it is seen as `BUNDLE_ROOT`. Absent for a module of this machine. */
  readonly bundleDirectory?: string;
  /** Hosts that it may reach; empty for no network. */
  readonly hosts: readonly string[];
}

/** A process of user code and its channel. */
export interface Launched {
  readonly child: ChildProcess;
  readonly channel: Duplex;
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
