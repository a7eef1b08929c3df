export {
  countVerdicts,
  judgeDocument,
  type JudgeInput,
  junitReport,
  markdownReport,
  type ReportedResult,
  RunSamples,
  testFilter,
  toResultMessage,
  verdictCode,
} from '@noema/judging/tests';
