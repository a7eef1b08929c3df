import { runService } from '@noema/host';
import { activations } from './index.js';

await runService(activations, process.env);
