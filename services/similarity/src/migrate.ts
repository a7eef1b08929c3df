import { runMigration } from '@noema/host';
import { similarity } from './index.js';

await runMigration(similarity, process.env);
