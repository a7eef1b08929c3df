import { runWorkerProcess } from '@noema/host';
import { datasets } from './index.js';

await runWorkerProcess(datasets, process.env);
