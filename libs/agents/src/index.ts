export {
  compareRuns,
  type NamedRows,
  type RunComparison,
  type RunVersion,
} from './evaluation/compare-runs.js';
export { EvaluationCache } from './evaluation/evaluation-cache.js';
export { RunSamples } from './evaluation/run-samples.js';
export { runTests } from './evaluation/run-tests.js';
export type { ConnectService } from './platform/platform.js';
export { type AgentServerOptions, createAgentServer } from './server.js';
