import { serveTasks, type TaskControl } from '@noema/threads';
import type { StepMessage } from './lockstep.js';
import { runNeighborThread } from './neighbors/neighbor-thread.js';
import { runPacmapThread } from './pacmap/layout.task.js';
import { runPlacingThread } from './placing/placing-thread.js';
import type { TaskName } from './thread-tasks.js';
import { runRankTask } from './trust/rank-task.js';
import { runTsneThread } from './tsne/layout.task.js';
import { runLayoutThread } from './umap/layout-thread.js';

type Task = (data: never, control: TaskControl) => void;
const inSteps =
  <T>(run: (task: T, report: (message: StepMessage) => void) => void): Task =>
  (task, { say }) => {
    run(task, say);
  };

serveTasks({
  neighbors: inSteps(runNeighborThread),
  pacmap: inSteps(runPacmapThread),
  places: inSteps(runPlacingThread),
  ranks: runRankTask,
  tsne: inSteps(runTsneThread),
  umap: inSteps(runLayoutThread),
} satisfies Record<TaskName, Task>);
