import { runMigration } from '@noema/host';
import { insights } from './index.js';

await runMigration(insights, process.env);
