export { testFilter } from './test-filter.js';
export { junitReport, markdownReport } from './test-report.js';
