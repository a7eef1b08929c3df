import { runThreads, shared, threadsFor } from '@noema/threads';
import { type TaskName, THREAD } from './thread-tasks.js';

const ARRIVED = 0;
const GENERATION = 1;
const ABORT_ASKED = 2;
const ABORT = 3;
const CONTROL_WORDS = 4;
/** Number of reads of the counter before a thread sleeps: most waits are shorter than a sleep and wake-up. */
const LOOKS = 2_000;
/** Minimum number of points per thread. */
const POINTS_PER_THREAD = 500;

/** State that a thread needs to run in step with the others. `control` is in shared memory. */
export interface LockstepSeat {
  readonly thread: number;
  readonly threads: number;
  readonly control: Int32Array;
  /** Number of steps between intermediate maps; 0 for none. */
  readonly snapshotEvery: number;
}

/** Sent at the end of a step, sometimes with the coordinates. */
export interface StepMessage {
  readonly step: number;
  readonly coordinates?: Float32Array;
}

/**
 * Synchronises a thread with the others: everything that a thread writes before a barrier is visible to all
 * threads after it.
 */
export class Lockstep {
  constructor(
    private readonly seat: LockstepSeat,
    private readonly report: (message: StepMessage) => void,
  ) {}

  /** Returns this thread's part of `count` items. */
  share(count: number): { readonly from: number; readonly to: number } {
    const { thread, threads } = this.seat;
    return { from: Math.floor((count * thread) / threads), to: Math.floor((count * (thread + 1)) / threads) };
  }

  /** Waits until all threads arrive. The last one runs `last` before the others continue. */
  meet(last?: () => void): void {
    const { control, threads } = this.seat;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) === threads - 1) {
      last?.();
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
      return;
    }
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, GENERATION) !== generation) return;
    while (Atomics.load(control, GENERATION) === generation) Atomics.wait(control, GENERATION, generation);
  }

  /**
   * Ends step `step` of `steps`, starting at 1. Returns false if all threads should stop. The last thread
   * decides for all, so that none waits for a thread that has returned.
   */
  end(step: number, steps: number, coordinates: Float32Array | Float64Array): boolean {
    const { control, snapshotEvery } = this.seat;
    this.meet(() => {
      const show = snapshotEvery > 0 && step % snapshotEvery === 0 && step < steps;
      this.report(show ? { step, coordinates: Float32Array.from(coordinates) } : { step });
      Atomics.store(control, ABORT, Atomics.load(control, ABORT_ASKED));
    });
    return Atomics.load(control, ABORT) === 0;
  }
}

export interface LockstepOptions<Task> {
  readonly name: TaskName;
  /** Data of every thread in addition to its seat. Arrays are in shared memory. */
  readonly task: Task;
  readonly points: number;
  readonly threads?: number | undefined;
  readonly snapshotEvery: number;
  readonly onStep: (step: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the number of threads for a number of points and a requested number of threads. */
export const lockstepThreads = (asked: number | undefined, points: number): number =>
  threadsFor(asked, Math.ceil(points / POINTS_PER_THREAD));

/**
 * Runs the threads of a layout to their end. After the signal fires they stop at the end of the current step,
 * and the call rejects with `cancelled`.
 */
export async function runLockstep<Task extends object>({
  name,
  task,
  points,
  threads: asked,
  snapshotEvery,
  onStep,
  signal,
}: LockstepOptions<Task>): Promise<void> {
  const threads = lockstepThreads(asked, points);
  const control = shared(new Int32Array(CONTROL_WORDS));
  await runThreads({
    script: THREAD,
    name,
    signal,
    tasks: Array.from({ length: threads }, (_, thread): Task & LockstepSeat => ({
      ...task,
      thread,
      threads,
      control,
      snapshotEvery,
    })),
    onAbort: () => Atomics.store(control, ABORT_ASKED, 1),
    onMessage: (message) => {
      const { step, coordinates } = message as StepMessage;
      onStep(step, coordinates);
    },
  });
}
