import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconSparkles } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { useRights } from '../../parts/role.query.js';
import { type SamplePlace, useAddressValue } from '../sample/sample-address.state.js';
import { chooseAnalysis, useAnalyse, useAnalyses } from './analysis.query.js';
import { ExplainedView } from './explained.view.js';
import { JobProgressView } from '../jobs/job-progress.view.js';
import { classesToExplain, explainedClasses } from './targets.js';

/**
 * Why the model predicts what it does of a sample: starts the analysis, follows it, and shows what it found.
 * `?analyze=1` starts it at once.
 */
export function AnalysisView({
  place,
  version,
  evaluation,
  epoch,
}: {
  place: SamplePlace;
  version: DatasetVersion;
  evaluation: SampleEvaluation;
  epoch: number;
}) {
  const of = { place, row: evaluation.row, epoch };
  const client = useQueryClient();
  const all = useAnalyses(of);
  const start = useAnalyse(of);
  const { noEdit } = useRights();
  const [layer] = useAddressValue('layer');
  const [asked, setAsked] = useAddressValue('analyze');
  const [classText] = useAddressValue('class');
  const classIndex = /^\d+$/.test(classText) ? Number(classText) : undefined;
  const chosen =
    all.data === undefined ? undefined : chooseAnalysis(all.data, layer, classIndex, place.output);
  const analyse = (): void => {
    start.mutate({
      classes: classesToExplain(
        evaluation.probabilities,
        evaluation.trueClass,
        classIndex === undefined ? [] : [classIndex],
      ),
      layer,
      methods: [],
    });
  };
  const again = useEffectEvent(() => {
    if (chosen === undefined) analyse();
    setAsked(undefined);
  });
  const loaded = all.data !== undefined;
  useEffect(() => {
    if (asked === '1' && loaded) again();
  }, [asked, loaded]);
  if (all.error !== null && all.data === undefined)
    return (
      <FaultView
        error={all.error}
        retry={() => {
          void all.refetch();
        }}
      />
    );
  if (all.data === undefined) return <Skeleton height={480} />;
  if (chosen === undefined) {
    return (
      <EmptyView
        icon={<IconSparkles />}
        title={layer === '' ? 'Not analyzed yet' : `Not analyzed at ${layer} yet`}
      >
        <Stack align="center" gap="sm">
          <Text size="sm">
            The analysis maps the evidence for the predicted class and the label, and what raises the loss,
            scores each map against random, and names the strongest units of each layer. It takes a few
            seconds.
          </Text>
          <Button
            onClick={analyse}
            loading={start.isPending}
            disabled={noEdit !== undefined}
            title={noEdit}
            leftSection={<IconSparkles size={16} />}
          >
            Analyze
          </Button>
          {start.error !== null && <FaultView error={start.error} retry={analyse} />}
        </Stack>
      </EmptyView>
    );
  }
  if (chosen.state !== JobState.SUCCEEDED) {
    const refresh = (): void => {
      void client.invalidateQueries({ queryKey: ['analyses', place.runId, epoch, evaluation.row] });
    };
    return (
      <Group py="xl" px="md">
        <div style={{ flex: '1 1 0' }}>
          <JobProgressView
            key={chosen.jobId}
            service="explanations"
            jobId={chosen.jobId}
            title="Analysis of the sample"
            onEnd={refresh}
          />
        </div>
      </Group>
    );
  }
  // The current view stays.
  const others = (classes: readonly number[]): number[] => [
    ...explainedClasses(chosen).map(({ index }) => index),
    ...classes,
  ];
  return (
    <ExplainedView
      key={chosen.id}
      analysis={chosen}
      version={version}
      place={place}
      busy={start.isPending}
      fault={start.error}
      analyse={(settings) => {
        start.mutate({
          ...settings,
          classes: classesToExplain(evaluation.probabilities, evaluation.trueClass, others(settings.classes)),
        });
      }}
    />
  );
}
