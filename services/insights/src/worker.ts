import { runWorkerProcess } from '@noema/host';
import { insights } from './index.js';

await runWorkerProcess(insights, process.env);
