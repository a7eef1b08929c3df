import { Alert, Group, Loader, Skeleton, Stack, Text } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { IconChartBar } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { Measure } from '../../features/evaluation/measures.js';
import type { ReportRequest, ReportTask } from '../../features/evaluation/report.js';
import {
  useLoadedEvaluation,
  usePickedRows,
  useReport,
  useReportRows,
  useReportWorker,
} from '../../features/evaluation/report.query.js';
import { useOutputClasses } from '../../features/runs/output-classes.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { parseSplit } from '../../parts/address/split.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { chosenSplit } from './chosen-split.js';
import { ClassificationView } from './classification.view.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import { MeasuresView } from './measures.view.js';
import type { Picked } from './picked.js';
import { PickedSamplesView } from './picked-samples.view.js';
import { RegressionView } from './regression.view.js';
import { SampleNumbersView } from './sample-numbers.view.js';

const TASKS: Readonly<Record<Task, ReportTask>> = {
  [Task.UNSPECIFIED]: 'classes',
  [Task.MULTI_CLASS]: 'classes',
  [Task.BINARY]: 'classes',
  [Task.MULTI_LABEL]: 'labels',
  [Task.REGRESSION]: 'numbers',
  [Task.PER_PIXEL]: 'pixels',
  [Task.DETECTION]: 'objects',
};

interface Loader {
  run: Run;
  epoch: Epoch;
  against: Epoch | undefined;
  address: EvaluationAddress;
  onChange: (changes: Partial<EvaluationAddress>) => void;
}

/** Loads an evaluation, computes its report next to the page, and shows it. */
export function ReportLoaderView({ run, epoch, against, address, onChange }: Loader) {
  const worker = useReportWorker();
  const version = useDatasetVersion(run.datasetVersionId);
  // An address may name an output that the model lacks.
  const chosenOutput = run.objectives.findIndex(({ output }) => output === address.output);
  const position = chosenOutput < 0 ? undefined : chosenOutput;
  const output = position === undefined ? '' : address.output;
  const now = useLoadedEvaluation(worker, epoch, position);
  const other = useLoadedEvaluation(worker, against, position);
  const classes = useOutputClasses(run.id, epoch.epoch, version.data, output);
  const split = chosenSplit(address.split, epoch);
  const rows = useReportRows(version.data, epoch, parseSplit(split), address.filter, output);
  const task = TASKS[position === undefined ? run.task : run.objectives[position]!.task];
  const request = useMemo((): ReportRequest | undefined => {
    if (now.data === undefined || rows.data === undefined || classes.data === undefined) return undefined;
    if (against !== undefined && other.data === undefined) return undefined;
    return {
      key: now.data,
      against: against === undefined ? undefined : other.data,
      task,
      rows: rows.data,
      classNames: classes.data,
      focus: address.focus,
    };
  }, [now.data, other.data, against, rows.data, classes.data, task, address.focus]);
  const scope = [split, address.filter];
  const report = useReport(worker, request, scope);
  const [picked, setPicked] = useState<Picked>();
  const chosen = usePickedRows(worker, request, picked?.pick, scope);
  const failed = [version, classes, now, other, rows, report].find(({ error }) => error !== null);
  if (failed !== undefined)
    return (
      <FaultView
        error={failed.error!}
        retry={() => {
          void failed.refetch();
        }}
      />
    );
  const { data } = report;
  if (data === undefined || version.data === undefined)
    return (
      <Stack role="status" aria-busy="true" aria-label="loading">
        <Skeleton h={110} />
        <Skeleton h={380} />
      </Stack>
    );
  if (data.compared === 0)
    return (
      <EmptyView icon={<IconChartBar />} title="No sample with ground truth">
        {data.chosen === 0
          ? 'No sample matches the split and the filter. Choose another split or a wider filter.'
          : `None of the ${counted(data.chosen, 'chosen sample')} has ground truth to compare with.`}
      </EmptyView>
    );
  const isStale = report.isPlaceholderData || request === undefined;
  return (
    <Stack gap="md" aria-busy={isStale} data-testid="report">
      {isStale && (
        <Group gap="xs" role="status">
          <Loader size="xs" />
          <Text size="sm">computing the numbers of this choice …</Text>
        </Group>
      )}
      <MeasuresView
        measures={[
          ...(position === undefined || position === 0
            ? storedMeasures({ epoch, against, split: parseSplit(split), filter: address.filter, task })
            : []),
          ...data.measures,
        ]}
        against={against?.epoch}
      />
      {data.compared < data.chosen && (
        <Text size="sm" c="dimmed">
          {counted(data.chosen - data.compared, 'sample')} without ground truth{' '}
          {data.chosen - data.compared === 1 ? 'is' : 'are'} left out.
        </Text>
      )}
      {data.missing.map((reason) => (
        <Alert key={reason} color="gray" variant="light">
          {reason}
        </Alert>
      ))}
      {data.classes !== undefined && (
        <ClassificationView
          report={data.classes}
          address={address}
          hasDifference={against !== undefined}
          onChange={onChange}
          onPick={setPicked}
        />
      )}
      {data.numbers !== undefined && (
        <RegressionView report={data.numbers} focus={address.focus} onChange={onChange} onPick={setPicked} />
      )}
      <SampleNumbersView report={data} onPick={setPicked} />
      <PickedSamplesView
        run={run}
        version={version.data}
        epoch={epoch.epoch}
        output={output}
        split={parseSplit(split) === Split.UNSPECIFIED ? undefined : split}
        filter={address.filter}
        picked={picked}
        rows={chosen.data}
        error={chosen.error}
        onClose={() => {
          setPicked(undefined);
        }}
      />
    </Stack>
  );
}

/** Mean average precision is stored for whole splits. */
function storedMeasures({
  epoch,
  against,
  split,
  filter,
  task,
}: {
  readonly epoch: Epoch;
  readonly against: Epoch | undefined;
  readonly split: Split;
  readonly filter: string;
  readonly task: ReportTask;
}): readonly Measure[] {
  if (task !== 'objects') return [];
  const find = (one: Epoch | undefined) => {
    const part = one?.splits.find((each) => each.split === split);
    const stored = part?.metrics.find((metric) => metric.name === 'mean_average_precision');
    return filter !== '' || part === undefined || stored === undefined
      ? undefined
      : { value: stored.value, n: part.sampleCount };
  };
  const measure = { name: 'mean average precision (mAP)', isShare: true };
  const [now, before] = [find(epoch), find(against)];
  if (now === undefined)
    return [{ ...measure, value: NaN, n: 0, note: 'stored for one split without a filter' }];
  const note = 'no interval: computed over all objects of the split';
  const difference = before && { value: now.value - before.value, n: now.n };
  return [{ ...measure, ...now, note, difference }];
}
