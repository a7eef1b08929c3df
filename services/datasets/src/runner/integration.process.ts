import { loadIntegration } from '@noema/integration';
import { serveIntegration } from './serve-integration.js';

/** Entry of the process that runs user code in JavaScript. */
await serveIntegration(loadIntegration);
