import { runWorkerProcess } from '@noema/host';
import { training } from './index.js';

await runWorkerProcess(training, process.env);
