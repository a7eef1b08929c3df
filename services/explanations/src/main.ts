import { runService } from '@noema/host';
import { explanations } from './index.js';

await runService(explanations, process.env);
