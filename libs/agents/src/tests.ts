export { judgeDocument, type JudgeInput, testFilter } from './evaluation/judge-document.js';
export { toResultMessage } from './evaluation/result-message.js';
export { RunSamples } from './evaluation/run-samples.js';
export {
  countVerdicts,
  junitReport,
  markdownReport,
  type ReportedResult,
  verdictCode,
} from './evaluation/test-report.js';
