import { Anchor, Select, Skeleton, Stack, Text } from '@mantine/core';
import type { Issue } from '@noema/contracts/noema/quality/v1/issue';
import type { Member } from '@noema/contracts/noema/workspace/v1/member';
import { Link } from 'react-router-dom';
import { ClosingTestView } from '../../features/quality/closing-test.view.js';
import { LabelFieldView } from '../../features/quality/label-field.view.js';
import type { IssueChange } from '../../features/quality/issues.query.js';
import { toVersions } from '../../features/quality/judged-versions.js';
import { useSuiteResults } from '../../features/quality/suites.query.js';
import { readVerdict, VERDICT_LOOKS } from '../../features/quality/verdicts.js';
import { useRuns } from '../../features/runs/run.query.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { IssueSubjectView } from './issue-subject.view.js';

/** The subject of an issue, who works on it, and the test that closes it with its newest verdict. */
export function IssueSideView({
  projectId,
  issue,
  members,
  off,
  onChange,
}: {
  projectId: string;
  issue: Issue;
  members: readonly Member[];
  /** True for a viewer. */
  off: boolean;
  onChange: (change: IssueChange) => void;
}) {
  const people = members.map(({ id, displayName }) => ({ value: id, label: displayName }));
  const { assigneeId } = issue;
  const isKnown = assigneeId === '' || people.some(({ value }) => value === assigneeId);
  return (
    <Stack gap="md">
      <SectionView title="About">
        <IssueSubjectView projectId={projectId} issue={issue} />
      </SectionView>
      <SectionView title="Work">
        <Stack gap="sm">
          <Select
            label="Assigned to"
            placeholder="no member"
            data={isKnown ? people : [...people, { value: assigneeId, label: 'a member that left' }]}
            value={assigneeId || null}
            clearable
            clearButtonProps={{ 'aria-label': 'No member' }}
            searchable
            disabled={off}
            onChange={(next) => {
              onChange({ assigneeId: next ?? '' });
            }}
          />
          <LabelFieldView
            projectId={projectId}
            value={issue.labels}
            disabled={off}
            onChange={(labels) => {
              onChange({ labels });
            }}
          />
          <ClosingTestView
            projectId={projectId}
            value={issue.closingTest}
            disabled={off}
            onChange={(closingTest) => {
              onChange({ closingTest });
            }}
          />
          {issue.closingTest !== undefined && (
            <TestStateView projectId={projectId} test={issue.closingTest} />
          )}
        </Stack>
      </SectionView>
    </Stack>
  );
}

/** The verdict of a test for the newest version that its suite judged. */
function TestStateView({
  projectId,
  test: { testSuiteId, testName },
}: {
  projectId: string;
  test: NonNullable<Issue['closingTest']>;
}) {
  const results = useSuiteResults(projectId, testSuiteId, 1_000);
  const runs = useRuns(projectId);
  const error = results.error ?? runs.error;
  if (error !== null) return <FaultView error={error} />;
  if (results.data === undefined || runs.data === undefined) return <Skeleton h={22} />;
  const version = toVersions(results.data, runs.data).find((one) => one.results.has(testName));
  const result = version?.results.get(testName);
  return (
    <div>
      <StateBadgeView state={VERDICT_LOOKS[readVerdict(result)]} />
      <Text size="xs" mt={4} style={{ overflowWrap: 'anywhere' }}>
        {version === undefined || result === undefined ? (
          'The test has no result yet.'
        ) : (
          <>
            {version.run?.displayName ?? 'deleted run'}, epoch {version.epoch}: {result.reason}.{' '}
            <Anchor
              component={Link}
              to={links.testSuite(projectId, testSuiteId, { result: result.id })}
              inherit
              underline="always"
            >
              Show it
            </Anchor>
          </>
        )}
      </Text>
    </div>
  );
}
