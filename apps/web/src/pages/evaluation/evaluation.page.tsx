import { Button, Group, Stack, Text } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { IconAffiliate, IconChartBar } from '@tabler/icons-react';
import { Link, useParams } from 'react-router-dom';
import { useEpochs } from '../../features/runs/epoch.query.js';
import { describeOutputs, listOutputs } from '../../features/runs/outputs-note.js';
import { useLiveRun } from '../../features/runs/run.query.js';
import { links } from '../../parts/address/links.js';
import { EmptyView } from '../../parts/empty.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useTitle } from '../../parts/use-title.js';
import { ControlsView } from './controls.view.js';
import { useEvaluationAddress } from './evaluation-address.state.js';
import { OpenObjectsView } from './open-objects.view.js';
import { ReportLoaderView } from './report-loader.view.js';

/** How a model does on the samples after an epoch: numbers, curves and confusions, each with its samples. */
export function EvaluationPage() {
  const { runId = '' } = useParams();
  const { run, query } = useLiveRun(runId);
  const epochs = useEpochs(runId);
  useTitle('Evaluation', run?.displayName);
  return (
    <PageView>
      {run === undefined ? (
        <QueryView query={query} lines={8}>
          {() => null}
        </QueryView>
      ) : (
        <QueryView query={epochs} lines={8}>
          {(list) => <EvaluationView run={run} epochs={list} />}
        </QueryView>
      )}
    </PageView>
  );
}

function EvaluationView({ run, epochs }: { run: Run; epochs: readonly Epoch[] }) {
  const { address, change } = useEvaluationAddress();
  const evaluated = epochs.filter(({ evaluation }) => evaluation !== undefined);
  const epoch = evaluated.find((one) => one.epoch === address.epoch) ?? evaluated.at(-1);
  const against = evaluated.find((one) => one.epoch === address.against && one !== epoch);
  const outputs = describeOutputs(run.objectives);
  return (
    <Stack gap="md">
      <PageHeadView
        title={`Evaluation of ${run.displayName}`}
        actions={
          <Group gap="xs">
            <Button component={Link} to={links.run(run.projectId, run.id)} variant="default">
              Run
            </Button>
            {epoch !== undefined && isDetection(run) && <OpenObjectsView run={run} epoch={epoch.epoch} />}
            <Button
              component={Link}
              to={links.population(run.projectId, run.id, { epoch: epoch?.epoch })}
              leftSection={<IconAffiliate size={16} />}
            >
              Open the map
            </Button>
          </Group>
        }
      >
        {epoch === undefined ? undefined : `After epoch ${epoch.epoch} of ${run.epochsDone}`}
      </PageHeadView>
      {epoch === undefined ? (
        <EmptyView icon={<IconChartBar />} title="No epoch is evaluated yet">
          After each epoch all samples are evaluated; the numbers appear here.
        </EmptyView>
      ) : run.noLossReason !== '' ? (
        <EmptyView icon={<IconChartBar />} title="The run compares nothing with ground truth">
          {run.noLossReason}
        </EmptyView>
      ) : (
        <>
          {outputs !== undefined && (
            <Text size="sm" c="dimmed">
              {outputs}
            </Text>
          )}
          <ControlsView
            outputs={listOutputs(run.objectives)}
            task={run.objectives.find(({ output }) => output === address.output)?.task ?? run.task}
            epochs={evaluated}
            epoch={epoch}
            against={against}
            address={address}
            onChange={change}
          />
          <ReportLoaderView
            key={run.id}
            run={run}
            epoch={epoch}
            against={against}
            address={address}
            onChange={change}
          />
        </>
      )}
    </Stack>
  );
}

const isDetection = ({ task, objectives }: Run): boolean =>
  task === Task.DETECTION || objectives.some((one) => one.task === Task.DETECTION);
