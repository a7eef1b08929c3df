import { runMigration } from '@noema/host';
import { activations } from './index.js';

await runMigration(activations, process.env);
