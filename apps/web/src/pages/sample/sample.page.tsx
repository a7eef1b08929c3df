import { Skeleton, Stack, Tabs } from '@mantine/core';
import { IconFileUnknown } from '@tabler/icons-react';
import { Suspense } from 'react';
import { RunKind } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { useTitle } from '../../parts/use-title.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { PageView } from '../../parts/page.view.js';
import { OutputChoiceView } from '../../features/runs/output-choice.view.js';
import { useOutputClasses } from '../../features/runs/output-classes.query.js';
import { listOutputs } from '../../features/runs/outputs-note.js';
import { useLiveRun } from '../../features/runs/run.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { namesOneClass } from '../../features/sample/outcome.js';
import { useLossNeighbors } from './loss-order.query.js';
import { useAddressValue, useSamplePlace } from '../../features/sample/sample-address.state.js';
import { SampleDetailsView } from './sample-details.view.js';
import { SampleHeaderView } from './sample-header.view.js';
import { useSampleEvaluation, useSampleHistory } from '../../features/sample/sample.query.js';
import { learnedSentence } from './sentences.js';

const AnalysisView = lazyPart(async () => ({
  default: (await import('../../features/analysis/analysis.view.js')).AnalysisView,
}));
const RecordedAnalysisView = lazyPart(async () => ({
  default: (await import('./recorded-analysis.view.js')).RecordedAnalysisView,
}));
const SimilarTabView = lazyPart(async () => ({
  default: (await import('../../features/similar/similar-tab.view.js')).SimilarTabView,
}));

/** A sample: what it is, why the model predicts that, and what the model sees as similar. */
export function SamplePage() {
  const place = useSamplePlace();
  const { runId, sample, askedEpoch, output } = place;
  const [, setOutput] = useAddressValue('output');
  const [tab, setTab] = useAddressValue('tab', 'details');
  const { query: runQuery, run } = useLiveRun(runId);
  const done = run?.epochsDone ?? 0;
  const epoch = askedEpoch > 0 ? askedEpoch : done > 0 ? done : undefined;
  const version = useDatasetVersion(run?.datasetVersionId);
  const evaluation = useSampleEvaluation(
    runId,
    sample.split === Split.UNSPECIFIED ? undefined : epoch,
    sample,
    output,
  );
  const classes = useOutputClasses(runId, epoch, version.data, output);
  const neighbors = useLossNeighbors(runId, epoch, evaluation.data, output);
  const history = useSampleHistory(runId, sample, done, output);
  useTitle(sample.sampleId, run?.displayName);
  if (sample.split === Split.UNSPECIFIED)
    return (
      <EmptyView icon={<IconFileUnknown />} title="No such split">
        A sample is in the split training, validation, test or unlabeled; the address names another. Open the
        sample from the map or a list.
      </EmptyView>
    );
  if (run !== undefined && epoch === undefined)
    return (
      <EmptyView icon={<IconFileUnknown />} title="No epoch is done yet">
        What the model says about a sample is known after the first epoch. This page fills itself then.
      </EmptyView>
    );
  const failed = [runQuery, version, evaluation, classes].find(
    ({ error, data }) => error !== null && data === undefined,
  );
  if (failed !== undefined)
    return (
      <Stack p="lg">
        <FaultView
          error={failed.error}
          retry={() => {
            void failed.refetch();
          }}
        />
      </Stack>
    );
  if (
    version.data === undefined ||
    evaluation.data === undefined ||
    classes.data === undefined ||
    epoch === undefined
  )
    return <Loading />;
  const named = { ...version.data, classNames: [...classes.data] };
  const shown = { place, version: named, evaluation: evaluation.data, epoch };
  return (
    <PageView>
      <Stack gap="md">
        <SampleHeaderView
          place={place}
          datasetVersionId={version.data.id}
          evaluation={evaluation.data}
          neighbors={neighbors.data}
          epoch={epoch}
          epochs={done}
          learned={
            history.data === undefined || !namesOneClass(evaluation.data.task)
              ? ''
              : learnedSentence(history.data)
          }
          tab={tab}
        />
        <OutputChoiceView
          maw={260}
          outputs={listOutputs(run?.objectives ?? [])}
          value={output}
          onChange={setOutput}
        />
        <Tabs
          value={tab}
          onChange={(next) => {
            setTab(next ?? undefined);
          }}
          keepMounted={false}
          styles={{ panel: { paddingTop: 16 } }}
        >
          <Tabs.List>
            <Tabs.Tab value="details">Details</Tabs.Tab>
            <Tabs.Tab value="analysis">Analysis</Tabs.Tab>
            <Tabs.Tab value="similar">Similar</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="details">
            <SampleDetailsView {...shown} history={history} />
          </Tabs.Panel>
          <Tabs.Panel value="analysis">
            <Suspense fallback={<Skeleton height={480} />}>
              {run?.settings?.kind === RunKind.RECORDED ? (
                <RecordedAnalysisView runId={runId} shown={shown} />
              ) : (
                <AnalysisView {...shown} />
              )}
            </Suspense>
          </Tabs.Panel>
          <Tabs.Panel value="similar">
            <Suspense fallback={<Skeleton height={480} />}>
              <SimilarTabView {...shown} />
            </Suspense>
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </PageView>
  );
}

function Loading() {
  return (
    <PageView>
      <Stack gap="md" role="status" aria-busy="true" aria-label="loading">
        <Skeleton height={64} width={560} />
        <Skeleton height={36} />
        <Skeleton height={480} />
      </Stack>
    </PageView>
  );
}
