import { runOperator } from '@noema/host';
import { projection } from './index.js';

await runOperator(projection, process.argv.slice(2), process.env);
