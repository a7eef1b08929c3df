import { runService } from '@noema/host';
import { datasets } from './index.js';

await runService(datasets, process.env);
