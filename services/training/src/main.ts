import { runService } from '@noema/host';
import { training } from './index.js';

await runService(training, process.env);
