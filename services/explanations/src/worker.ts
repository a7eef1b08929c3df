import { runWorkerProcess } from '@noema/host';
import { explanations } from './index.js';

await runWorkerProcess(explanations, process.env);
