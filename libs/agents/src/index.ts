export {
  compareRuns,
  type NamedRows,
  type RunComparison,
  type RunVersion,
} from './evaluation/compare-runs.js';
export { EvaluationCache } from '@noema/judging';
export type { ConnectService } from './platform/platform.js';
export { type AgentServerOptions, createAgentServer } from './server.js';
