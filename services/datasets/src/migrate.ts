import { runMigration } from '@noema/host';
import { datasets } from './index.js';

await runMigration(datasets, process.env);
