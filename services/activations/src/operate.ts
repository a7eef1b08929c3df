import { runOperator } from '@noema/host';
import { activations } from './index.js';

await runOperator(activations, process.argv.slice(2), process.env);
