import { parentPort } from 'node:worker_threads';
import { collectGarbage } from './collect-garbage.js';
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

const port = parentPort!;
const tell = (message: ThreadMessage): void => { port.postMessage(message); };

port.on('message', ({ name, data }: ThreadTask) => {
  tasks[name](data as never, (said) => { tell({ said }); });
  tell('done');
  setImmediate(collectGarbage);
});
