import { runWorkerProcess } from '@noema/host';
import { similarity } from './index.js';

await runWorkerProcess(similarity, process.env);
