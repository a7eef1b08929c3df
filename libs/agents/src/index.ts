export { toComparedVersion } from './evaluation/compared-version.js';
export { FIELDS, type Rows, RunSamples } from './evaluation/run-samples.js';
export { runTests } from './evaluation/run-tests.js';
export type { ConnectService } from './platform/platform.js';
export { type AgentServerOptions, createAgentServer } from './server.js';
