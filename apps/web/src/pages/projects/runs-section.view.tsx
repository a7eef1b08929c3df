import { Anchor, Box, Button, Group, Progress, Skeleton, Table, Text } from '@mantine/core';
import { type Run, RunKind } from '@noema/contracts/noema/training/v1/run';
import { IconChartLine } from '@tabler/icons-react';
import { type ReactNode, Suspense, useState } from 'react';
import { Link } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { links } from '../../parts/address/links.js';
import { SparklineView } from '../../parts/charts/sparkline.view.js';
import { plainName } from '../../parts/plain-name.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { count, counted, metricValue, value } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { RUN_LOOKS, runIsOpen } from '../../parts/states.js';
import { DurationView, TimeView } from '../../parts/time.view.js';
import { splitName } from '../../parts/address/split.js';
import { useEpochs } from '../../features/runs/epoch.query.js';
import { judgedSplit, splitOfEpoch } from '../../features/runs/epoch-series.js';
import { useLiveRun, useRuns } from '../../features/runs/run.query.js';
import { runShare } from '../../features/runs/run-share.js';

const RunMapView = lazyPart(async () => ({
  default: (await import('../../features/runs/run-map.view.js')).RunMapView,
}));

/** Runs that are shown at first. */
const FIRST = 20;
/** Pixels of the picture of a map. */
const MAP = { w: 58, h: 42 };
/** Open runs that are followed by a stream; a browser has few connections. */
const FOLLOWED = 2;

/** The runs of a project; running ones are live. */
export function RunsSectionView({ projectId, start }: { projectId: string; start: ReactNode }) {
  const runs = useRuns(projectId);
  const [all, setAll] = useState(false);
  const followed = new Set(
    (runs.data ?? [])
      .filter((run) => runIsOpen(run.state))
      .slice(0, FOLLOWED)
      .map(({ id }) => id),
  );
  return (
    <SectionView
      title="Runs"
      flush
      note={runs.data === undefined ? undefined : counted(runs.data.length, 'run')}
      actions={
        (runs.data?.length ?? 0) > 1 && (
          <Button component={Link} to={links.runs(projectId)} variant="default" size="xs">
            Compare runs
          </Button>
        )
      }
    >
      <QueryView query={runs} lines={4}>
        {(list) =>
          list.length === 0 ? (
            <EmptyView icon={<IconChartLine />} title="No run yet">
              A run trains a model on data, or evaluates it; after each epoch all samples are mapped.
              <Box mt="sm">{start}</Box>
            </EmptyView>
          ) : (
            <>
              <DataTableView minWidth={300} fixed>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>run</Table.Th>
                    <Table.Th w={144}>state</Table.Th>
                    <Table.Th w="19%" visibleFrom="sm">
                      epochs
                    </Table.Th>
                    <Table.Th w={100} ta="right" visibleFrom="sm">
                      loss
                    </Table.Th>
                    <Table.Th w={118} visibleFrom="lg">
                      over epochs
                    </Table.Th>
                    <Table.Th w={104} ta="right" visibleFrom="xs">
                      {titleOfMetrics(list)}
                    </Table.Th>
                    <Table.Th w={110} ta="right" visibleFrom="lg">
                      time
                    </Table.Th>
                    <Table.Th w={140} ta="right" visibleFrom="md">
                      started
                    </Table.Th>
                    <Table.Th w={84}>map</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {(all ? list : list.slice(0, FIRST)).map((run) =>
                    followed.has(run.id) ? (
                      <FollowedRow key={run.id} listed={run} />
                    ) : (
                      <RunRow key={run.id} run={run} share={runShare(run, undefined)} />
                    ),
                  )}
                </Table.Tbody>
              </DataTableView>
              {!all && list.length > FIRST && (
                <Button
                  variant="subtle"
                  size="xs"
                  m="xs"
                  onClick={() => {
                    setAll(true);
                  }}
                >
                  Show all {count(list.length)} runs
                </Button>
              )}
            </>
          )
        }
      </QueryView>
    </SectionView>
  );
}

function FollowedRow({ listed }: { listed: Run }) {
  const { run = listed, progress } = useLiveRun(listed.id);
  return (
    <RunRow
      run={run}
      share={runShare(run, progress)}
      note={progress === undefined ? undefined : `epoch ${progress.epoch}: ${progress.phase}`}
    />
  );
}

function RunRow({ run, share, note }: { run: Run; share: number; note?: string | undefined }) {
  const part = judgedSplit(run.lastEpoch);
  const metric = part?.metrics[0];
  const open = runIsOpen(run.state);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          component={Link}
          to={links.run(run.projectId, run.id)}
          size="sm"
          fw={600}
          display="block"
          truncate
          title={run.displayName}
        >
          {run.displayName}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <StateBadgeView state={RUN_LOOKS[run.state]} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {run.fault === undefined ? (
          <Group gap="xs" wrap="nowrap">
            <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
              {run.settings?.kind === RunKind.EVALUATE
                ? 'evaluation'
                : run.settings?.epochs === 0
                  ? count(run.epochsDone)
                  : `${count(run.epochsDone)} of ${count(run.settings?.epochs ?? 0)}`}
            </Text>
            {open && (
              <Progress
                value={share * 100}
                size="sm"
                style={{ flex: 1 }}
                aria-label={`Progress of ${run.displayName}`}
              />
            )}
          </Group>
        ) : (
          <Text size="xs" c="red" truncate title={run.fault.message}>
            {run.fault.message}
          </Text>
        )}
        {open && note !== undefined && (
          <Text size="xs" c="dimmed" truncate>
            {note}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right" visibleFrom="sm" title={part === undefined ? undefined : splitName(part.split)}>
        {value(part?.loss)}
      </Table.Td>
      <Table.Td visibleFrom="lg">
        {run.epochsDone > 1 && part !== undefined && <LossLine run={run} />}
      </Table.Td>
      <Table.Td
        ta="right"
        visibleFrom="xs"
        title={
          metric === undefined || part === undefined ? undefined : `${metric.name}, ${splitName(part.split)}`
        }
      >
        {metric === undefined ? '–' : metricValue(metric.name, metric.value)}
      </Table.Td>
      <Table.Td ta="right" visibleFrom="lg">
        <DurationView from={run.createTime} to={run.endTime} />
      </Table.Td>
      <Table.Td ta="right" c="dimmed" visibleFrom="md">
        <TimeView at={run.createTime} />
      </Table.Td>
      <Table.Td>
        {run.epochsDone > 0 && (
          <Suspense fallback={<Skeleton {...MAP} />}>
            <RunMapView run={run} />
          </Suspense>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function LossLine({ run }: { run: Run }) {
  const epochs = useEpochs(run.id).data;
  const split = judgedSplit(run.lastEpoch)?.split;
  if (epochs === undefined || split === undefined) return <Skeleton w={84} h={24} />;
  const points = epochs.flatMap((epoch) => {
    const loss = splitOfEpoch(epoch, split)?.loss;
    return loss === undefined ? [] : [{ x: epoch.epoch, y: loss }];
  });
  return (
    <SparklineView
      points={points}
      label={
        `Loss over ${counted(points.length, 'epoch')}, ${splitName(split)}: from ${value(points[0]?.y)} ` +
        `to ${value(points.at(-1)?.y)}`
      }
    />
  );
}

/** Letters of a name that fit in the head of the column. */
const MAX_TITLE = 14;

/** The metric that all runs are judged by, or a word for several or a long one. */
function titleOfMetrics(runs: readonly Run[]): string {
  const names = new Set(runs.flatMap(({ lastEpoch }) => judgedSplit(lastEpoch)?.metrics[0]?.name ?? []));
  const [name] = names;
  if (name === undefined) return 'accuracy';
  return names.size > 1 || name.length > MAX_TITLE ? 'metric' : plainName(name);
}
