export { testFilter } from './test-filter.js';
export { junitReport, markdownReport, type ReportedResult } from './test-report.js';
