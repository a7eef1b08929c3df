import { parentPort } from 'node:worker_threads';
import { collectGarbage } from './collect-garbage.js';
import { type Answer, type Order, toPlain } from './thread-messages.js';

/** What a task may do while it runs. */
export interface TaskControl {
  /** Sends something to whoever has asked for the task. */
  readonly say: (something: unknown) => void;
  /**
   * Fires when the task is to stop; one that never waits for anything does not hear of it and is ended
   * instead.
   */
  readonly signal: AbortSignal;
}

/** A thread that has had no task for so long collects its garbage; before that the next one often comes. */
const IDLE_MS = 200;

/**
 * Makes this thread one that runs the tasks it is asked for, one after the other; an error of a task goes to
 * whoever has asked, and the thread serves on.
 */
export function serveTasks(
  tasks: Readonly<Record<string, (data: never, control: TaskControl) => unknown>>,
): void {
  const port = parentPort!;
  const tell = (answer: Answer): void => {
    port.postMessage(answer);
  };
  let running = new AbortController();
  let idle: NodeJS.Timeout | undefined;
  port.on('message', (order: Order) => {
    if (order === 'stop') running.abort();
    else {
      clearTimeout(idle);
      running = new AbortController();
      void serve(order, running.signal);
    }
  });

  async function serve({ name, data }: Exclude<Order, 'stop'>, signal: AbortSignal): Promise<void> {
    try {
      tell({
        returned: await tasks[name]!(data as never, {
          signal,
          say: (said) => {
            tell({ said });
          },
        }),
      });
    } catch (error) {
      tell({ thrown: toPlain(error) });
    }
    idle = setTimeout(collectGarbage, IDLE_MS);
  }
}
