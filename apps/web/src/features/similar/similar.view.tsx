import { Group, SegmentedControl, Skeleton, Stack, Switch, Text } from '@mantine/core';
import type { FindSimilarResponse } from '@noema/contracts/noema/similarity/v1/similarity_service';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import type { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import { useMethods } from '../../parts/methods.query.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { useRowEvaluations } from '../sample/sample.query.js';
import { countLabels, countSentence } from './label-counts.js';
import { LabelCountsView } from './label-counts.view.js';
import { ALL_RESULTS, filterResults, type ResultFilter } from './similar-results.js';
import { SharedLegendView } from './shared-legend.view.js';
import { SimilarGridView } from './similar-grid.view.js';
import { recallText, useSimilar } from './similar.query.js';

/** The query, and where the answer goes. */
export interface SimilarViewProps {
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  /** Set to search; its perception space is the one in which samples are near. */
  readonly activationSetId: string;
  /** One or several samples; several are searched by their mean. */
  readonly queries: readonly SampleAddress[];
  /** Samples to find; the number that the platform chooses unless given. */
  readonly k?: number | undefined;
  readonly splits?: readonly Split[];
  readonly filter?: string;
  /** The weighting of the similarity, as `weightingText` writes it; the set's own space unless given. */
  readonly weighting?: string;
  /** Class of the query, to name its label first; -1 for none. */
  readonly ownClass?: number;
  /** Width and height of a picture in CSS pixels; 72 unless given. */
  readonly size?: number;
  /** Called with the rows of the answer, nearest first, and with none when the view goes. */
  readonly onResults?: (rows: readonly number[]) => void;
  /** Called to ask for one of the results as well. */
  readonly onAdd?: (sample: SampleAddress, row: number) => void;
  /** Called instead of going to the page of a result. */
  readonly onOpen?: (row: number) => void;
}

/**
 * An answer with what the model says about its samples; undefined while that is not known of the first
 * answer.
 */
interface Whole {
  readonly answer: FindSimilarResponse;
  readonly evaluations: ReadonlyMap<number, SampleEvaluation> | undefined;
}

/** Most pictures that are drawn as places while the samples are awaited. */
const PLACEHOLDERS = 24;
const NO_SPLITS: readonly Split[] = [];

/**
 * The samples that the model sees as alike: how their labels are spread, each with its distance, and on
 * demand what it shares with the query.
 */
export function SimilarView({
  projectId,
  runId,
  epoch,
  datasetVersionId,
  activationSetId,
  queries,
  k,
  splits = NO_SPLITS,
  filter = '',
  weighting = '',
  ownClass = -1,
  size = 72,
  onResults,
  onAdd,
  onOpen,
}: SimilarViewProps) {
  const indexes = useMethods('similarity', 'index');
  const similar = useSimilar(activationSetId, { queries, k, splits, filter, weighting });
  const found = useMemo(() => similar.data?.similar ?? [], [similar.data]);
  const rows = useMemo(() => found.map(({ row }) => row), [found]);
  const judged = useRowEvaluations(runId, epoch, rows);
  // The view changes when all data have arrived: the samples together with their evaluations.
  const [whole, setWhole] = useState<Whole>();
  const isJudged = rows.length === 0 || judged.data !== undefined || judged.isError;
  useEffect(() => {
    const answer = similar.data;
    if (answer !== undefined)
      setWhole((before) =>
        isJudged || before === undefined ? { answer, evaluations: judged.data } : before,
      );
  }, [similar.data, judged.data, isJudged]);
  const [only, setOnly] = useState<ResultFilter>(ALL_RESULTS);
  const [shared, setShared] = useState(false);
  const tell = useEffectEvent((which: readonly number[]) => {
    onResults?.(which);
  });
  useEffect(() => {
    tell(rows);
    return () => {
      tell([]);
    };
  }, [rows]);
  if (similar.error !== null)
    return (
      <FaultView
        error={similar.error}
        retry={() => {
          void similar.refetch();
        }}
      />
    );
  if (whole === undefined) return <Loading count={Math.min(k ?? PLACEHOLDERS, PLACEHOLDERS)} size={size} />;
  const { answer, evaluations } = whole;
  const { similar: shownSamples } = answer;
  const isComing = similar.isPlaceholderData || answer !== similar.data;
  const counts = countLabels(evaluations === undefined ? [] : [...evaluations.values()], ownClass);
  const hasClasses = counts.some(({ index }) => index >= 0);
  const label = counts.some(({ index }) => index === only.label) ? only.label : undefined;
  const shown = filterResults(shownSamples, evaluations, hasClasses ? { ...only, label } : ALL_RESULTS);
  return (
    <Stack gap="sm" style={{ opacity: isComing ? 0.55 : 1 }} aria-busy={isComing}>
      <div aria-live="polite">
        <Text size="sm" fw={600} mih={22}>
          {hasClasses ? countSentence(counts) : ''}
        </Text>
        <Text size="xs" c="dimmed">
          {recallText(answer, indexes, weighting !== '')}
          {queries.length > 1 ? ` · nearest to the mean of ${queries.length} samples` : ''}
        </Text>
      </div>
      {hasClasses && (
        <LabelCountsView
          counts={counts}
          total={shownSamples.length}
          chosen={label}
          onChoose={(next) => {
            setOnly({ ...only, label: next });
          }}
        />
      )}
      <Group gap="sm" justify="space-between">
        {hasClasses && (
          <SegmentedControl
            size="xs"
            aria-label="Which results to show"
            value={only.verdict}
            data={[
              { value: 'all', label: 'all' },
              { value: 'right', label: 'correct' },
              { value: 'wrong', label: 'misclassified' },
            ]}
            onChange={(verdict) => {
              setOnly({ ...only, verdict });
            }}
          />
        )}
        <Group gap="sm">
          {shared && <SharedLegendView datasetVersionId={datasetVersionId} />}
          <Switch
            size="xs"
            label="What they share"
            checked={shared}
            onChange={({ currentTarget }) => {
              setShared(currentTarget.checked);
            }}
          />
        </Group>
      </Group>
      {shared && weighting !== '' && (
        <Text size="xs" c="dimmed">
          What they share is computed in the set’s own space, without the weights above.
        </Text>
      )}
      {shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {shownSamples.length === 0 ? 'Nothing was found.' : 'No result matches; show all of them.'}
        </Text>
      )}
      <SimilarGridView
        projectId={projectId}
        runId={runId}
        epoch={epoch}
        datasetVersionId={datasetVersionId}
        activationSetId={activationSetId}
        queries={queries}
        found={shownSamples}
        shown={shown}
        evaluations={evaluations}
        size={size}
        shared={shared}
        onAdd={onAdd}
        onOpen={onOpen}
      />
    </Stack>
  );
}

function Loading({ count, size }: { count: number; size: number }) {
  return (
    <Group gap={4} role="status" aria-busy="true" aria-label="loading">
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} width={size + 10} height={size + 26} />
      ))}
    </Group>
  );
}
