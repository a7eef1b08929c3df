import { runOperator } from '@noema/host';
import { insights } from './index.js';

await runOperator(insights, process.argv.slice(2), process.env);
