import { runWorkerProcess } from '@noema/host';
import { activations } from './index.js';

await runWorkerProcess(activations, process.env);
