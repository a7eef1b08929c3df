import type { TestResult } from '@noema/contracts/noema/quality/v1/test_result';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconMessageCirclePlus } from '@tabler/icons-react';
import { useState } from 'react';
import { NewIssueDialogView } from '../../features/quality/new-issue-dialog.view.js';
import { ActionView } from '../../parts/action.view.js';
import { useRights } from '../../parts/role.query.js';
import { hereAsNext } from '../../parts/session.js';

/** A button that opens an issue about a test that did not pass; its pass in a newer version closes the issue. */
export function NewResultIssueView({
  suite,
  result,
  run,
}: {
  suite: TestSuite;
  result: TestResult;
  run: Run;
}) {
  const { noEdit } = useRights();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <ActionView
        size="xs"
        variant="default"
        off={noEdit}
        leftSection={<IconMessageCirclePlus size={14} />}
        onClick={() => {
          setOpen(true);
        }}
      >
        New issue
      </ActionView>
      {isOpen && (
        <NewIssueDialogView
          projectId={suite.projectId}
          draft={{
            about: `The issue is about the test “${result.testName}” for ${run.displayName}.`,
            displayName: result.testName.slice(0, 120),
            text: result.reason,
            closingTest: { testSuiteId: suite.id, testName: result.testName },
            view: hereAsNext(),
            findSubject: () => ({ case: 'testResultId', value: result.id }),
          }}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
