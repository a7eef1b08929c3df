import { runService } from '@noema/host';
import { insights } from './index.js';

await runService(insights, process.env);
