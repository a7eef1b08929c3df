import type { MessageInitShape } from '@bufbuild/protobuf';
import type { TestJudgmentSchema } from '@noema/contracts/noema/quality/v1/test_judgment';
import { jobResourceMessage } from '@noema/jobs';
import type { TestJudgment } from './test-judgment.js';

export const testJudgmentMessage = (judgment: TestJudgment): MessageInitShape<typeof TestJudgmentSchema> => {
  const { projectId, testSuiteId, runId, chosenEpoch, createdBy, contents } = judgment;
  return {
    ...jobResourceMessage(judgment),
    projectId,
    testSuiteId,
    runId,
    chosenEpoch,
    createdBy,
    ...(contents && { ...contents, closedIssueIds: [...contents.closedIssueIds] }),
  };
};
