import { runProcess } from '@noema/host';
import { startGateway } from './start-gateway.js';

await runProcess('gateway', () => startGateway(process.env));
