import { runService } from '@noema/host';
import { similarity } from './index.js';

await runService(similarity, process.env);
