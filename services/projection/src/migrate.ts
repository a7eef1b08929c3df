import { runMigration } from '@noema/host';
import { projection } from './index.js';

await runMigration(projection, process.env);
