import { runWorker } from '../src/index.js';
import { connectWorks, leaveEffect } from './works.js';

/**
 * A worker process for tests that kill and freeze it: `node worker.process.js <url> <worker id> <shard to
 * hang in>`. It says `holding <shard>` to its parent and then waits for `go on`.
 */
const [url, workerId, hangAt] = process.argv.slice(2) as [string, string, string];
const db = connectWorks(url);
const told = new Promise<void>((resolve) => {
  process.on('message', () => {
    resolve();
  });
});

await runWorker({
  db,
  workerId,
  leaseMs: 1_500,
  pollMs: 50,
  kinds: [
    {
      kind: 'works.do',
      retryDelayMs: 10,
      stages: [
        {
          name: 'do',
          run: async ({ job, index }) => {
            if (index === Number(hangAt)) {
              process.send?.(`holding ${index}`);
              await told;
            }
            return { result: index, commit: () => leaveEffect(db, job.teamId, job.id, index, workerId) };
          },
        },
      ],
    },
  ],
});
process.send?.('ready');
