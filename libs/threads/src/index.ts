export { collectGarbage } from './collect-garbage.js';
export { runInThread, runThreads, type ThreadGroupOptions, type ThreadOptions } from './run-threads.js';
export { serveTasks, type TaskControl } from './serve-tasks.js';
export { shared, threadsFor } from './shared.js';
