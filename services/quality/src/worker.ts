import { runWorkerProcess } from '@noema/host';
import { quality } from './index.js';

await runWorkerProcess(quality, process.env);
