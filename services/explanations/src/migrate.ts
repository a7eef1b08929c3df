import { runMigration } from '@noema/host';
import { explanations } from './index.js';

await runMigration(explanations, process.env);
