import { loadManifest } from '@noema/readers';
import { proposeData } from './propose-data.js';
import { serveIntegration } from './serve-integration.js';

/** Entry of the process that reads the files of a manifest. */
await serveIntegration(loadManifest, proposeData);
