import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { runNeighborThread } from './neighbors/neighbor-thread.js';
import { runPacmapThread } from './pacmap/layout.task.js';
import { runPlacingThread } from './placing/placing-thread.js';
import type { TaskName, ThreadMessage, ThreadTask } from './thread-tasks.js';
import { runRankTask } from './trust/rank-task.js';
import { runTsneThread } from './tsne/layout.task.js';
import { runLayoutThread } from './umap/layout-thread.js';

/** Each takes the data that its group of threads was started with. */
const tasks: Readonly<Record<TaskName, (data: never, say: (said: unknown) => void) => void>> = {
  neighbors: runNeighborThread, pacmap: runPacmapThread, places: runPlacingThread, ranks: runRankTask, tsne: runTsneThread, umap: runLayoutThread,
};

// V8 does not count memory that threads share, so a thread that rests would hold that of its last tasks.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void, port = parentPort!;
const tell = (message: ThreadMessage): void => { port.postMessage(message); };

port.on('message', ({ name, data }: ThreadTask) => {
  tasks[name](data as never, (said) => { tell({ said }); });
  tell('done');
  setImmediate(() => { collect(); });
});
