import { runService } from '@noema/host';
import { workspace } from './index.js';

await runService(workspace, process.env);
