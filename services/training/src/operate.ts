import { runOperator } from '@noema/host';
import { training } from './index.js';

await runOperator(training, process.argv.slice(2), process.env);
