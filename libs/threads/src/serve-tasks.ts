import { parentPort } from 'node:worker_threads';
import { collectGarbage } from './collect-garbage.js';
import { type Answer, type Order, toPlain } from './thread-messages.js';

/** Context of a running task. */
export interface TaskControl {
  /** Sends a message to the caller of the task. */
  readonly say: (something: unknown) => void;
  /** Aborts when the task should stop. A task that never awaits does not see it and is terminated instead. */
  readonly signal: AbortSignal;
}

/** A thread that is idle for this time collects its garbage. Before that, the next task often arrives. */
const IDLE_MS = 200;

/**
 * Makes this thread serve tasks, one after the other. An error of a task goes to its caller, and the thread
 * continues.
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
