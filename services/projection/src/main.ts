import { runService } from '@noema/host';
import { projection } from './index.js';

await runService(projection, process.env);
