import { runOperator } from '@noema/host';
import { similarity } from './index.js';

await runOperator(similarity, process.argv.slice(2), process.env);
