import { runWorkerProcess } from '@noema/host';
import { projection } from './index.js';

await runWorkerProcess(projection, process.env);
