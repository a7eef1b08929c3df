import { runOperator } from '@noema/host';
import { explanations } from './index.js';

await runOperator(explanations, process.argv.slice(2), process.env);
