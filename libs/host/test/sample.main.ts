import { runService, runWorkerProcess } from '../src/index.js';
import { sample } from './sample.service.js';

const [role, fault] = process.argv.slice(2);
if (fault !== undefined)
  process.on('message', () => {
    void Promise.reject(new Error(fault));
  });

await (role === 'worker' ? runWorkerProcess(sample, process.env) : runService(sample, process.env));
