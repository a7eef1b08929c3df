import { runMigration } from '@noema/host';
import { quality } from './index.js';

await runMigration(quality, process.env);
