import { Anchor, Code, List, Skeleton, Stack, Text } from '@mantine/core';
import type { Issue } from '@noema/contracts/noema/quality/v1/issue';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { slices } from '../../api/clients.js';
import { testResults } from '../../api/quality-clients.js';
import { useRuns } from '../../features/runs/run.query.js';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';

/** Samples that are listed. */
const FIRST = 12;

/** The samples, slice or test that an issue is about, as links to them. */
export function IssueSubjectView({ projectId, issue: { subject } }: { projectId: string; issue: Issue }) {
  switch (subject.case) {
    case 'samples':
      return <SamplesView projectId={projectId} samples={subject.value} />;
    case 'sliceId':
      return <SliceView projectId={projectId} sliceId={subject.value} />;
    case 'testResultId':
      return <ResultView projectId={projectId} testResultId={subject.value} />;
    default:
      return <Text size="sm">The project.</Text>;
  }
}

type Samples = Extract<Issue['subject'], { case: 'samples' }>['value'];

function SamplesView({
  projectId,
  samples: { datasetVersionId, samples },
}: {
  projectId: string;
  samples: Samples;
}) {
  const run = useRuns(projectId).data?.find(
    (one) => one.datasetVersionId === datasetVersionId && one.epochsDone > 0,
  );
  return (
    <Stack gap={4}>
      <Text size="sm">
        {counted(samples.length, 'sample')} of{' '}
        <Anchor component={Link} to={links.dataset(projectId, datasetVersionId)} inherit underline="always">
          a dataset
        </Anchor>
      </Text>
      <List size="sm" spacing={8}>
        {samples.slice(0, FIRST).map((sample) => {
          const name = `${splitName(sample.split)} ${sample.sampleId}`;
          return (
            <List.Item key={name} style={{ overflowWrap: 'anywhere' }}>
              {run === undefined ? (
                name
              ) : (
                <Anchor
                  component={Link}
                  to={links.sample(projectId, run.id, sample)}
                  inherit
                  underline="always"
                >
                  {name}
                </Anchor>
              )}
            </List.Item>
          );
        })}
      </List>
      {samples.length > FIRST && (
        <Text size="xs" c="dimmed">
          and {counted(samples.length - FIRST, 'sample')} more
        </Text>
      )}
    </Stack>
  );
}

function SliceView({ projectId, sliceId }: { projectId: string; sliceId: string }) {
  const query = useQuery({
    queryKey: ['slice', sliceId],
    queryFn: ({ signal }) => slices.getSlice({ sliceId }, { signal }),
    select: ({ slice }) => slice,
  });
  const runs = useRuns(projectId).data ?? [];
  if (query.error !== null) return <FaultView error={query.error} />;
  const slice = query.data;
  if (slice === undefined) return <Skeleton h={22} />;
  const run = runs.find((one) => one.datasetVersionId === slice.datasetVersionId && one.epochsDone > 0);
  return (
    <Stack gap={4}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        The slice <b>{slice.displayName}</b>, {counted(slice.sampleCount, 'sample')}
      </Text>
      {slice.filter !== '' && <Code style={{ overflowWrap: 'anywhere' }}>{slice.filter}</Code>}
      {run !== undefined && (
        <Anchor
          component={Link}
          size="sm"
          underline="always"
          to={links.population(projectId, run.id, { sel: `slice:${slice.id}`, samples: 'selected' })}
        >
          Show it on the map of {run.displayName}
        </Anchor>
      )}
    </Stack>
  );
}

function ResultView({ projectId, testResultId }: { projectId: string; testResultId: string }) {
  const query = useQuery({
    queryKey: ['test-result', testResultId],
    queryFn: ({ signal }) => testResults.getTestResult({ testResultId }, { signal }),
    select: ({ testResult }) => testResult,
  });
  if (query.error !== null) return <FaultView error={query.error} />;
  const result = query.data;
  if (result === undefined) return <Skeleton h={22} />;
  return (
    <Stack gap={4}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        The test <b>{result.testName}</b>: {result.reason}
      </Text>
      <Anchor
        component={Link}
        size="sm"
        underline="always"
        to={links.testSuite(projectId, result.testSuiteId, { result: result.id })}
      >
        Its samples
      </Anchor>
    </Stack>
  );
}
