import { startCluster } from '../src/index.js';

/** Started by the test, which kills it: the server it leaves behind must end. */
const cluster = await startCluster({ directory: process.argv[2]!, password: 'secret' });
process.stdout.write(`${cluster.pid} ${cluster.port}\n`);
setInterval(() => undefined, 60_000);
