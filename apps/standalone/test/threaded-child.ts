import { Worker } from 'node:worker_threads';

/** Starts a thread and says how it ended. */
const thread = new Worker('setTimeout(() => undefined, 100)', { eval: true });
thread.on('exit', (code) => {
  console.log(`thread ended with ${code}`);
});
setInterval(() => undefined, 60_000);
