export { judgeDocument, type JudgeInput } from './judge-document.js';
export { toResultMessage } from './result-message.js';
export { RunSamples } from './run-samples.js';
export { testFilter } from './test-filter.js';
export {
  countVerdicts,
  junitReport,
  markdownReport,
  type ReportedResult,
  verdictCode,
} from './test-report.js';
