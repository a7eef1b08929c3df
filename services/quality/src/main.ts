import { runService } from '@noema/host';
import { quality } from './index.js';

await runService(quality, process.env);
