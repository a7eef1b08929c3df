import { Anchor, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconAffiliate, IconChartBar } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { FaultView } from '../../parts/fault.view.js';
import { part } from '../../parts/address/address-text.js';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import { plainName } from '../../parts/plain-name.js';
import { counted, metricValue, signed, value } from '../../parts/numbers.js';
import { NewestInsightsView } from '../../features/insights/newest-insights.view.js';
import { TestStateView } from '../../features/quality/test-state.view.js';
import { useConfusion, useWorstSamples } from '../../features/runs/failures.query.js';
import { findHeadline, type Headline, worstPair } from '../../features/runs/headline.js';
import { MapSketchView } from '../../features/runs/map-sketch.view.js';
import { useNewestMap } from '../../features/runs/newest-map.query.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { namesOneClass } from '../../features/sample/outcome.js';
import { SampleCardView } from '../../features/sample/sample-card.view.js';
import cards from '../../features/sample/sample-card.module.css';
import { className } from '../../features/sample/verdict.view.js';
import styles from './newest-results.module.css';

/** Samples of the worst ones that are shown. */
const WORST = 8;
const MAP = { width: 420, height: 260 };
/** Width and height of the pictures of samples, in pixels. */
const PICTURE = { classified: 72, other: 96 };
/** Pixels of the sketches: lines of text, a card around its picture with two lines below it. */
const SKETCH = { line: 20.3, card: { width: 10, height: 43 } };

/** The newest evaluated run of a project: its map, its headline, and where it fails. */
export function NewestResultsView({ projectId }: { projectId: string }) {
  const runs = useRuns(projectId).data?.filter(({ epochsDone }) => epochsDone > 0);
  const [run, before] = runs ?? [];
  if (run === undefined) return null;
  return <ResultsOfRun key={run.id} run={run} before={before} />;
}

function ResultsOfRun({ run, before }: { run: Run; before: Run | undefined }) {
  const described = useDatasetVersion(run.datasetVersionId);
  const version = described.data;
  const newestMap = useNewestMap(run);
  const map = newestMap.data;
  const headline = findHeadline(run.lastEpoch);
  const isCompared = run.noLossReason === '';
  const mayBeClassified =
    isCompared && namesOneClass(run.task) && (version === undefined || version.classNames.length > 0);
  const isClassified = mayBeClassified && version !== undefined;
  const size = mayBeClassified ? PICTURE.classified : PICTURE.other;
  const split = isCompared ? headline?.split : undefined;
  const worst = useWorstSamples(run, version === undefined ? undefined : split, {
    most: WORST,
    isClassified,
  });
  const failed = [described, worst].find(({ data, error }) => data === undefined && error !== null);
  const confusion = useConfusion(run, isClassified ? version : undefined, split);
  const pair = worstPair(confusion.data ?? []);
  const mapLink = links.population(run.projectId, run.id);
  const filtered = (...filters: readonly (readonly [column: string, name: string])[]): string => {
    const params = filters.map(([column, name]) => ['in', `${part(column)}:${part(name)}`]);
    return `${mapLink}?${new URLSearchParams([...params, ['samples', 'shown']]).toString()}`;
  };
  const nameAt = (index: number): string => className(version?.classNames[index] ?? '', index);
  const ofSplit = ['split', split === undefined ? '' : splitName(split)] as const;
  return (
    <Paper component="section" withBorder p="md" aria-label="Newest results" data-testid="newest-results">
      <div className={styles.hero}>
        {map === undefined && newestMap.error !== null ? (
          <FaultView error={newestMap.error} retry={() => void newestMap.refetch()} />
        ) : (
          <Link to={mapLink} className={styles.map} aria-hidden tabIndex={-1}>
            {map === undefined ? (
              <Skeleton h={MAP.height} />
            ) : map === null ? (
              <Text size="sm" c="dimmed" p="xl" ta="center">
                The map of this run is not computed yet.
              </Text>
            ) : (
              <MapSketchView
                explorationId={map.id}
                hasLoss={isCompared}
                failed={
                  <Text size="sm" c="dimmed" p="xl" ta="center">
                    This picture of the map could not be loaded.
                  </Text>
                }
                {...MAP}
              />
            )}
          </Link>
        )}
        <Stack gap="sm" style={{ minWidth: 0 }}>
          <Group justify="space-between" wrap="wrap" gap="xs">
            <Text fw={600} truncate maw={320} title={run.displayName}>
              {run.displayName}
            </Text>
            <Group gap="xs">
              <Button
                component={Link}
                to={links.evaluation(run.projectId, run.id)}
                variant="default"
                leftSection={<IconChartBar size={16} />}
              >
                Evaluation
              </Button>
              <Button component={Link} to={mapLink} leftSection={<IconAffiliate size={16} />}>
                Open the map
              </Button>
            </Group>
          </Group>
          {headline !== undefined && (
            <HeadlineView headline={headline} before={before} epochs={run.epochsDone} />
          )}
          {!isCompared && (
            <Text size="sm" c="dimmed">
              Nothing is compared with ground truth: {run.noLossReason}
            </Text>
          )}
          {mayBeClassified && split !== undefined && worst.isPending && failed === undefined && (
            <Skeleton h={SKETCH.line} maw={MAP.width} />
          )}
          {isClassified && worst.data !== undefined && (
            <Text size="sm">
              <Anchor
                component={Link}
                size="sm"
                to={filtered(['correct', 'false'], ofSplit)}
                underline="always"
              >
                {counted(worst.data.totalSize, 'sample')} misclassified
              </Anchor>
              {pair !== undefined && (
                <>
                  {' '}
                  · most often{' '}
                  <Anchor
                    component={Link}
                    size="sm"
                    underline="always"
                    to={filtered(
                      ['true_class', nameAt(pair.trueClass)],
                      ['predicted_class', nameAt(pair.predictedClass)],
                      ofSplit,
                    )}
                  >
                    {nameAt(pair.trueClass)} → {nameAt(pair.predictedClass)}
                  </Anchor>
                  , {counted(pair.count, 'time')}
                </>
              )}
            </Text>
          )}
          {split !== undefined && (
            <div>
              <Text size="xs" fw={600} mb={4}>
                {isClassified ? 'Worst misclassified' : 'Highest loss'}, {splitName(split)}
              </Text>
              {failed !== undefined ? (
                <FaultView error={failed.error} retry={() => void failed.refetch()} />
              ) : worst.data === undefined ? (
                <div className={cards.grid}>
                  {Array.from({ length: WORST }, (_, at) => (
                    <Skeleton key={at} w={size + SKETCH.card.width} h={size + SKETCH.card.height} />
                  ))}
                </div>
              ) : worst.data.evaluations.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {isClassified ? 'Every sample is predicted correctly.' : 'No sample has a loss.'}
                </Text>
              ) : (
                <div className={`${cards.grid} ${cards.wrapping}`} data-testid="worst-samples">
                  {worst.data.evaluations.map((evaluation) =>
                    evaluation.sample === undefined ? null : (
                      <SampleCardView
                        key={evaluation.row}
                        datasetVersionId={run.datasetVersionId}
                        sample={evaluation.sample}
                        row={evaluation.row}
                        evaluation={evaluation}
                        size={size}
                        note={value(Number(evaluation.loss.toPrecision(3)))}
                        to={links.sample(run.projectId, run.id, evaluation.sample)}
                      />
                    ),
                  )}
                </div>
              )}
            </div>
          )}
          <NewestInsightsView run={run} />
          <TestStateView projectId={run.projectId} />
        </Stack>
      </div>
    </Paper>
  );
}

/** The metric with its interval, and its change against the run before where that has the same. */
function HeadlineView({
  headline: { name, value: now, split, sampleCount, interval },
  before,
  epochs,
}: {
  headline: Headline;
  before: Run | undefined;
  epochs: number;
}) {
  const earlier = findHeadline(before?.lastEpoch);
  const change = earlier !== undefined && earlier.name === name && earlier.split === split;
  return (
    <div>
      <Group gap="xs" align="baseline">
        <Text fz={30} fw={700} lh={1.1} data-testid="headline">
          {metricValue(name, now)}
        </Text>
        <Text size="sm" c="dimmed">
          {plainName(name)} on {splitName(split)}, {counted(sampleCount, 'sample')}, after{' '}
          {counted(epochs, 'epoch')}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {interval !== undefined &&
          `95% interval ${metricValue(name, interval.low)} to ${metricValue(name, interval.high)}`}
        {interval !== undefined && change && ' · '}
        {change && `${changeText(name, now - earlier.value)} against “${before?.displayName ?? ''}”`}
      </Text>
    </div>
  );
}

/** A change: of a share in percentage points. */
const changeText = (name: string, change: number): string =>
  change === 0
    ? 'no change'
    : metricValue(name, 1).endsWith('%')
      ? `${signed(100 * change, 2)} points`
      : signed(change, 2);
