import { once } from 'node:events';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded into every child before its own module: a child whose supervisor has ended ends itself, so that
 * nothing is left behind.
 */
const leave = (): never => process.exit(1);

// Worker threads of the child load this too; only the process itself has a supervisor.
if (isMainThread) {
  process.on('disconnect', leave);
  // The supervisor may have died while this process was loading.
  if (!process.connected) leave();
  // Whose turn has not come loads nothing yet.
  if (new URL(import.meta.url).searchParams.has('wait')) await once(process, 'message');
  process.channel?.unref();
}
