import { runMigration } from '@noema/host';
import { workspace } from './index.js';

await runMigration(workspace, process.env);
