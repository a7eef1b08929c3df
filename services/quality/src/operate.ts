import { runOperator } from '@noema/host';
import { quality } from './index.js';

await runOperator(quality, process.argv.slice(2), process.env);
