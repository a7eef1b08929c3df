import { Alert, Box, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { type TestResult, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { EvaluationDocument } from '@noema/evaluation';
import { IconChecklist } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { countByVerdict, type JudgedVersion } from '../../features/quality/judged-versions.js';
import { MAX_RESULTS, useJudgments } from '../../features/quality/suites.query.js';
import { VerdictCountsView } from '../../features/quality/verdict-counts.view.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { jobIsOpen } from '../../parts/states.js';
import { NewResultIssueView } from './new-result-issue.view.js';
import { ResultSamplesView } from './result-samples.view.js';
import { ResultTableView } from './result-table.view.js';

/** The results of a suite by test and version, and judgments at work or failed. */
export function SuiteResultsView({
  suite,
  versions,
  results,
  runs,
  runName,
  document,
}: {
  suite: TestSuite;
  versions: readonly JudgedVersion[];
  results: UseQueryResult<TestResult[]>;
  runs: readonly Run[];
  runName: (runId: string) => string;
  /** The saved document; undefined if it cannot be read. */
  document: EvaluationDocument | undefined;
}) {
  const [opened, setOpened] = useAddressValue('result', '', 'push');
  const result = results.data?.find(({ id }) => id === opened);
  const run = runs.find(({ id }) => id === result?.runId);
  const newest = versions[0];
  return (
    <SectionView
      title="Results"
      flush
      note={results.data === undefined ? undefined : counted(versions.length, 'version')}
      actions={newest && <VerdictCountsView counts={countByVerdict(suite.testNames, newest.results)} />}
    >
      <JudgmentsView suite={suite} runs={runs} />
      <QueryView query={results} lines={6}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView icon={<IconChecklist />} title="No version judged yet">
              Judge a run here, or in CI with <code>noema test --save</code>.
            </EmptyView>
          ) : (
            <>
              {all.length >= MAX_RESULTS && (
                <Text size="xs" c="dimmed" px="md" pb="xs">
                  The newest {count(all.length)} results; older ones are not shown.
                </Text>
              )}
              <ResultTableView
                suite={suite}
                versions={versions}
                runName={runName}
                onOpen={({ id }) => {
                  setOpened(id);
                }}
              />
            </>
          )
        }
      </QueryView>
      {result !== undefined && run !== undefined && (
        <ResultSamplesView
          result={result}
          run={run}
          document={document}
          actions={
            result.status !== TestStatus.PASS && (
              <NewResultIssueView suite={suite} result={result} run={run} />
            )
          }
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </SectionView>
  );
}

/** Runs that could not be judged whose reasons are shown. */
const FIRST_FAILED = 3;

const epochText = (epoch: number): string => (epoch === 0 ? '' : `, epoch ${epoch}`);

function JudgmentsView({ suite, runs }: { suite: TestSuite; runs: readonly Run[] }) {
  const judgments = useJudgments(suite.projectId, suite.id);
  const names = new Map(runs.map(({ id, displayName }) => [id, displayName]));
  const known = judgments.data?.filter(({ runId }) => names.has(runId)) ?? [];
  const open = known.filter(({ state }) => jobIsOpen(state));
  const failed = known.filter(({ state }) => state === JobState.FAILED);
  return (
    <>
      {judgments.error !== null && (
        <Box mx="md" mb="sm">
          <FaultView
            error={judgments.error}
            retry={() => {
              void judgments.refetch();
            }}
          />
        </Box>
      )}
      {open.length > 0 && (
        <Alert color="blue" mx="md" mb="sm" p="xs" role="status">
          {open.map(({ runId, chosenEpoch }) => `“${names.get(runId)!}”${epochText(chosenEpoch)}`).join(', ')}{' '}
          {open.length === 1 ? 'is' : 'are'} being judged …
        </Alert>
      )}
      {failed.length > 0 && (
        <Alert
          color="red"
          mx="md"
          mb="sm"
          p="xs"
          title={`${counted(failed.length, 'run')} could not be judged`}
        >
          {failed.slice(0, FIRST_FAILED).map(({ id, runId, chosenEpoch, fault }) => (
            <Text key={id} size="sm" style={{ overflowWrap: 'anywhere' }}>
              “{names.get(runId)}”{epochText(chosenEpoch)}: {fault?.message ?? 'the job failed'}{' '}
              <code>{fault?.reason}</code>
            </Text>
          ))}
          {failed.length > FIRST_FAILED && (
            <Text size="sm">and {counted(failed.length - FIRST_FAILED, 'run')} more</Text>
          )}
        </Alert>
      )}
    </>
  );
}
