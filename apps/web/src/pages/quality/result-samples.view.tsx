import { Alert, Box, Group, Skeleton, Text } from '@mantine/core';
import type { TestResult } from '@noema/contracts/noema/quality/v1/test_result';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { EvaluationDocument } from '@noema/evaluation';
import { testFilter } from '@noema/judging/reports';
import type { ReactNode } from 'react';
import { RowsDrawerView } from '../../features/gallery/rows-drawer.view.js';
import { readVerdict, VERDICT_LOOKS } from '../../features/quality/verdicts.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { encodeRowList } from '../../features/selection/row-code.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted } from '../../parts/numbers.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { useTestSamples } from './result-samples.query.js';

/** The samples behind a result, the highest loss first, with the result as a sentence. */
export function ResultSamplesView({
  result,
  run,
  document,
  actions,
  onClose,
}: {
  result: TestResult;
  run: Run;
  /** The document of the suite; undefined if it cannot be read. */
  document: EvaluationDocument | undefined;
  actions?: ReactNode;
  onClose: () => void;
}) {
  const version = useDatasetVersion(run.datasetVersionId);
  const test = document?.tests.find(({ name }) => name === result.testName);
  const sampleTest = test?.kind === 'samples' ? test : undefined;
  const filter = sampleTest && testFilter(sampleTest, document!.slices);
  const samples = useTestSamples(run.id, result.epoch, filter);
  const rows = samples.data?.rows;
  const total = samples.data?.total ?? 0;
  const data = version.data;
  if (data === undefined)
    return version.error === null ? (
      <Skeleton h={40} />
    ) : (
      <Box p="md">
        <FaultView error={version.error} />
      </Box>
    );
  const code =
    rows === undefined || rows.length === 0 || rows.length < total
      ? undefined
      : encodeRowList(rows, data.sampleCount);
  const epoch = result.epoch;
  return (
    <RowsDrawerView
      run={run}
      version={data}
      epoch={epoch}
      opened
      title={`${result.testName}: ${run.displayName}, epoch ${epoch}`}
      rows={sampleTest === undefined ? new Uint32Array() : rows}
      status={
        sampleTest === undefined
          ? 'no samples to show'
          : rows === undefined
            ? 'looking for the samples …'
            : rows.length < total
              ? `${count(rows.length)} of ${counted(total, 'sample')}, the highest losses`
              : `${counted(total, 'sample')}, highest loss first; Enter or a double click opens one`
      }
      error={samples.error}
      empty={
        test === undefined
          ? 'The suite no longer has this test, so that its samples are not known.'
          : sampleTest === undefined
            ? 'This test is about the insights of the run, which have the samples.'
            : 'No sample matches the condition of the test.'
      }
      onMap={
        test === undefined
          ? undefined
          : sampleTest === undefined
            ? { to: links.insights(run.projectId, { run: run.id }), label: 'Insights of the run' }
            : code !== undefined
              ? {
                  to: links.population(run.projectId, run.id, { epoch, rows: code, samples: 'shown' }),
                  label: 'On the map',
                }
              : { to: links.population(run.projectId, run.id, { epoch }), label: 'The map of all samples' }
      }
      onClose={onClose}
    >
      <Group gap="sm" mb={6} align="center">
        <StateBadgeView state={VERDICT_LOOKS[readVerdict(result)]} />
        <Text size="sm" style={{ flex: 1, minWidth: 200, overflowWrap: 'anywhere' }}>
          {result.reason}
        </Text>
        {actions}
      </Group>
      {result.outdated && test !== undefined && (
        <Alert color="yellow" p="xs" mb={6}>
          The tests have changed since this result; these are the samples of the test by its present text.
        </Alert>
      )}
    </RowsDrawerView>
  );
}
