import { runThreads, shared, threadsFor } from '@noema/threads';
import { type TaskName, THREAD } from './thread-tasks.js';

const ARRIVED = 0;
const GENERATION = 1;
const ABORT_ASKED = 2;
const ABORT = 3;
const CONTROL_WORDS = 4;
/** Looks at the counter before a thread lies down: most waits are shorter than falling asleep and waking. */
const LOOKS = 2_000;
/** Points that are worth a thread. */
const POINTS_PER_THREAD = 500;

/** What a thread needs to go in step with the others; `control` lies in shared memory. */
export interface LockstepSeat {
  readonly thread: number;
  readonly threads: number;
  readonly control: Int32Array;
  /** Coordinates are shown every so many steps; 0 for never. */
  readonly snapshotEvery: number;
}

/** Sent at the end of a step, with the coordinates when it is one to show. */
export interface StepMessage {
  readonly step: number;
  readonly coordinates?: Float32Array;
}

/**
 * The side of the threads: walks through steps together with the others, so that what one wrote before a
 * meeting all read after it.
 */
export class Lockstep {
  constructor(
    private readonly seat: LockstepSeat,
    private readonly report: (message: StepMessage) => void,
  ) {}

  /** This thread's part of `count` things. */
  share(count: number): { readonly from: number; readonly to: number } {
    const { thread, threads } = this.seat;
    return { from: Math.floor((count * thread) / threads), to: Math.floor((count * (thread + 1)) / threads) };
  }

  /** Waits until all threads are here; the last to arrive does `last` before the others go on. */
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
   * Ends step `step` of `steps`, from 1. False when all are to stop: the last to arrive decides for all, so
   * that none waits for one that has left.
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
  /** What every thread gets beside its seat; arrays in shared memory. */
  readonly task: Task;
  readonly points: number;
  readonly threads?: number | undefined;
  readonly snapshotEvery: number;
  readonly onStep: (step: number, coordinates?: Float32Array) => void;
  readonly signal?: AbortSignal | undefined;
}

/** How many threads go through the steps of so many points when so many are asked for. */
export const lockstepThreads = (asked: number | undefined, points: number): number =>
  threadsFor(asked, Math.ceil(points / POINTS_PER_THREAD));

/**
 * Runs the threads of a layout to their end; they stop at the end of the step in which the signal fires, and
 * it rejects with `cancelled`.
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
