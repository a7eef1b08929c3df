import { runMigration } from '@noema/host';
import { training } from './index.js';

await runMigration(training, process.env);
