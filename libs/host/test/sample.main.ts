import { runMigration, runService, runWorkerProcess } from '../src/index.js';
import { sample } from './sample.service.js';

const [role, fault] = process.argv.slice(2);
if (fault !== undefined)
  process.on('message', () => {
    void Promise.reject(new Error(fault));
  });

const run = { worker: runWorkerProcess, migrate: runMigration }[role ?? ''] ?? runService;
await run(sample, process.env);
