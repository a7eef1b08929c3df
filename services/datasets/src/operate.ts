import { runOperator } from '@noema/host';
import { datasets } from './index.js';

await runOperator(datasets, process.argv.slice(2), process.env);
