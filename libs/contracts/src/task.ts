import type { Task } from '@noema/kernel';
import { Task as TaskMessage } from './gen/noema/type/v1/task_pb.js';

const TASKS: Readonly<Record<Task, TaskMessage>> = {
  'multi-class': TaskMessage.MULTI_CLASS,
  'multi-label': TaskMessage.MULTI_LABEL,
  binary: TaskMessage.BINARY,
  regression: TaskMessage.REGRESSION,
  'per-pixel': TaskMessage.PER_PIXEL,
  detection: TaskMessage.DETECTION,
};

/** A task as messages carry it. */
export const taskMessage = (task: Task | undefined): TaskMessage =>
  task === undefined ? TaskMessage.UNSPECIFIED : TASKS[task];

/** The task of a message; undefined when it names none. */
export const findTask = (task: TaskMessage | undefined): Task | undefined =>
  (Object.keys(TASKS) as Task[]).find((name) => TASKS[name] === task);
