import { Box, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { ReactNode } from 'react';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { HistoryChartView } from './history-chart.view.js';
import { MetadataView } from './metadata.view.js';
import { NeighborsStripView } from './neighbors-strip.view.js';
import { namesOneClass, outcomeText } from '../../features/sample/outcome.js';
import { ProbabilitiesView } from './probabilities.view.js';
import { type SamplePlace, useAddressValue } from '../../features/sample/sample-address.state.js';
import styles from './sample-details.module.css';
import { useSample, type useSampleHistory } from '../../features/sample/sample.query.js';
import { learnedSentence } from './sentences.js';
import { SampleVisualView } from './sample-visual.view.js';

interface Props {
  place: SamplePlace;
  version: DatasetVersion;
  evaluation: SampleEvaluation;
  epoch: number;
  history: ReturnType<typeof useSampleHistory>;
}

const HEIGHT = 372;

/** Everything that is known about a sample after an epoch. */
export function SampleDetailsView({ place, version, evaluation, epoch, history }: Props) {
  const { sample } = place;
  const [, setEpoch] = useAddressValue('epoch');
  const known = useSample(version.id, sample);
  const isOfClasses = namesOneClass(evaluation.task);
  const note = history.data === undefined || !isOfClasses ? '' : learnedSentence(history.data);
  const outcome = outcomeText(evaluation);
  return (
    <div className={styles.columns}>
      <Stack gap="md">
        <SectionView title="Sample">
          <SampleVisualView version={version} sample={sample} height={HEIGHT} evaluation={evaluation} />
        </SectionView>
        <SectionView title="Metadata">
          <QueryView query={known} lines={4}>
            {(data) => data !== undefined && <MetadataView sample={data} />}
          </QueryView>
        </SectionView>
      </Stack>
      <Stack gap="md" style={{ minWidth: 0 }}>
        {outcome !== undefined && (
          <SectionView title="Predicted" note={`after epoch ${epoch}`}>
            <Text size="sm">{outcome}</Text>
          </SectionView>
        )}
        {evaluation.probabilities.length > 0 && (
          <SectionView title="Probabilities" note={`after epoch ${epoch}`}>
            <ProbabilitiesView
              key={evaluation.row}
              probabilities={evaluation.probabilities}
              classNames={version.classNames}
              trueClass={evaluation.trueClass}
              predictedClass={evaluation.predictedClass}
            />
          </SectionView>
        )}
        <SectionView
          title="Over the epochs"
          note={note}
          actions={isOfClasses && evaluation.hasLoss ? <Legend /> : undefined}
        >
          {history.data === undefined && history.error === null ? (
            <Skeleton height={190} />
          ) : (
            <QueryView query={history}>
              {({ epochs }) => (
                <HistoryChartView
                  epochs={epochs}
                  now={epoch}
                  onChoose={(chosen) => {
                    setEpoch(String(chosen));
                  }}
                />
              )}
            </QueryView>
          )}
        </SectionView>
        <SectionView title="Similar samples" note="nearest in perception space, with the distance">
          <NeighborsStripView place={place} datasetVersionId={version.id} epoch={epoch} />
        </SectionView>
      </Stack>
    </div>
  );
}

function Legend() {
  const entry = (sign: ReactNode, word: string) => (
    <Group gap={4} wrap="nowrap">
      <svg width={12} height={12} aria-hidden>
        {sign}
      </svg>
      <Box fz="xs" c="dimmed">
        {word}
      </Box>
    </Group>
  );
  return (
    <Group gap="sm">
      {entry(<circle cx={6} cy={6} r={4.5} fill="#0f8f79" />, 'correct')}
      {entry(
        <path d="M2,2l8,8m0,-8l-8,8" stroke="#d55e00" strokeWidth={2.5} strokeLinecap="round" />,
        'misclassified',
      )}
    </Group>
  );
}
