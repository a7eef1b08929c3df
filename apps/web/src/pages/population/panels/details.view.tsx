import { ActionIcon, Anchor, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Sample } from '@noema/contracts/noema/datasets/v1/sample';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { IconExternalLink, IconSearch, IconSparkles, IconX } from '@tabler/icons-react';
import { Fragment } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../../parts/address/links.js';
import { FaultView } from '../../../parts/fault.view.js';
import { count, percent, value as numberText } from '../../../parts/numbers.js';
import { plainName } from '../../../parts/plain-name.js';
import { useDatasetVersion } from '../../../features/sample/dataset-version.query.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { splitName } from '../../../parts/address/split.js';
import { outcomeText } from '../../../features/sample/outcome.js';
import { probabilityColor } from '../../../features/sample/probabilities.js';
import { className } from '../../../features/sample/verdict.view.js';
import type { SampleAddress } from '../../../parts/address/sample-key.js';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { findOwner } from '../points/placed-rows.js';
import type { PointScope } from '../points/point-cache.js';
import styles from '../style/population.module.css';
import { useRowEvaluation, useRows } from '../points/sample-row.query.js';

const MAX_BARS = 10;

export interface DetailsProps {
  readonly projectId: string;
  readonly scope: PointScope;
  readonly row: number;
  readonly population: number;
  readonly classNames: readonly string[];
  /** Values from the columns of the map, until the whole sample has arrived. */
  readonly known: {
    readonly label: string | undefined;
    readonly prediction: string | undefined;
    readonly loss: number | undefined;
  };
  readonly onClose: () => void;
  readonly onSimilar: () => void;
}

/** One sample next to the map: what it is, what was predicted, and where to ask why. */
export function DetailsView({
  projectId,
  scope,
  row,
  population,
  classNames,
  known,
  onClose,
  onSimilar,
}: DetailsProps) {
  const owner = findOwner(scope, row);
  const samples = useRows(owner.datasetVersionId, [owner.row]);
  const evaluation = useRowEvaluation(scope.runId, scope.epoch, owner.isPlaced ? undefined : row);
  const sample = samples.data?.[0];
  if (samples.error !== null)
    return (
      <FaultView
        error={samples.error}
        retry={() => {
          void samples.refetch();
        }}
      />
    );
  return (
    <Stack gap="sm" component="section" aria-label="Sample">
      <Group justify="space-between" wrap="nowrap">
        <Title
          order={2}
          size="h4"
          style={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}
        >
          {sample?.ref === undefined ? 'Sample' : `${splitName(sample.ref.split)} ${sample.ref.sampleId}`}
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label="Close the sample" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <Group align="flex-start" wrap="nowrap" gap="md">
        <ThumbnailView
          datasetVersionId={owner.datasetVersionId}
          sample={sample?.ref ?? NOBODY}
          row={owner.row}
          size={132}
          alt={`Picture of sample ${sample?.ref?.sampleId ?? ''}`}
        />
        <Verdict
          sample={sample}
          evaluation={evaluation.data ?? undefined}
          population={population}
          known={known}
        />
      </Group>
      {owner.isPlaced ? (
        <PlacedNote projectId={projectId} datasetVersionId={owner.datasetVersionId} />
      ) : evaluation.data === undefined && evaluation.error === null ? (
        <Skeleton h={150} />
      ) : (
        <Probabilities evaluation={evaluation.data ?? undefined} classNames={classNames} />
      )}
      {sample?.ref !== undefined && !owner.isPlaced && (
        <Group gap={6}>
          <Button
            size="xs"
            component={Link}
            to={links.sample(projectId, scope.runId, sample.ref, {
              epoch: scope.epoch,
              tab: 'analysis',
              analyze: 1,
            })}
            leftSection={<IconSparkles size={14} />}
          >
            Analyze
          </Button>
          <Button size="xs" variant="default" onClick={onSimilar} leftSection={<IconSearch size={14} />}>
            Fetch similar
          </Button>
          <Button
            size="xs"
            variant="default"
            component={Link}
            to={links.sample(projectId, scope.runId, sample.ref, { epoch: scope.epoch })}
            leftSection={<IconExternalLink size={14} />}
          >
            Open
          </Button>
        </Group>
      )}
      {sample !== undefined && <Metadata sample={sample} />}
    </Stack>
  );
}

/** A note about a placed sample, and where it is from. */
function PlacedNote({ projectId, datasetVersionId }: { projectId: string; datasetVersionId: string }) {
  const name = useDatasetVersion(datasetVersionId).data?.displayName;
  return (
    <Text size="xs" c="dimmed">
      Placed here from{' '}
      <Anchor component={Link} to={links.dataset(projectId, datasetVersionId)} size="xs" underline="always">
        {name ?? 'other data'}
      </Anchor>
      , by how the model responds to it. The run did not evaluate it, so it has no loss and no prediction;
      evaluate the model on those data to see them.
    </Text>
  );
}

const NOBODY: SampleAddress = { split: Split.UNSPECIFIED, sampleId: '' };

function Verdict({
  sample,
  evaluation,
  population,
  known,
}: {
  sample: Sample | undefined;
  evaluation: SampleEvaluation | undefined;
  population: number;
  known: DetailsProps['known'];
}) {
  const label = sample === undefined ? (known.label ?? '…') : sample.className || 'none';
  const prediction = evaluation === undefined ? known.prediction : evaluation.predictedClassName;
  const outcome = evaluation === undefined ? undefined : outcomeText(evaluation);
  const isRight = evaluation?.correct ?? label === prediction;
  const isJudged = prediction !== undefined && prediction !== '' && label !== 'none' && label !== '…';
  const loss = evaluation?.hasLoss === true ? evaluation.loss : known.loss;
  return (
    <dl className={styles.facts} style={{ fontSize: 13, gap: '4px 12px', margin: 0, minWidth: 0 }}>
      {outcome === undefined ? (
        <>
          <dt>label</dt>
          <dd>{label}</dd>
        </>
      ) : (
        <>
          <dt>model</dt>
          <dd style={{ whiteSpace: 'normal' }}>{outcome}</dd>
        </>
      )}
      {prediction !== undefined && prediction !== '' && (
        <>
          <dt>predicted</dt>
          <dd>
            <Text span fz={13} fw={650} {...(isJudged ? { c: isRight ? 'teal' : 'red' } : {})}>
              {prediction}
              {isJudged ? (isRight ? ' · correct' : ' · misclassified') : ''}
            </Text>
          </dd>
        </>
      )}
      {loss !== undefined && !Number.isNaN(loss) && (
        <>
          <dt>loss</dt>
          <dd>{numberText(loss)}</dd>
          <dt>loss rank</dt>
          <dd title="1 is the highest loss">
            {evaluation === undefined ? '…' : `${count(evaluation.lossRank)} of ${count(population)}`}
          </dd>
        </>
      )}
      {evaluation?.metrics.map(({ name, value }) => (
        <Fragment key={name}>
          <dt>{plainName(name)}</dt>
          <dd>{numberText(value)}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** The likeliest classes as bars, the label among them. */
function Probabilities({
  evaluation,
  classNames,
}: {
  evaluation: SampleEvaluation | undefined;
  classNames: readonly string[];
}) {
  if (evaluation === undefined || evaluation.probabilities.length < 2) return null;
  const { probabilities, trueClass, predictedClass } = evaluation;
  const ranked = probabilities.map((share, at) => ({ share, at })).sort((a, b) => b.share - a.share);
  const shown =
    probabilities.length <= MAX_BARS
      ? [...ranked].sort((a, b) => a.at - b.at)
      : ranked.slice(0, MAX_BARS - 1);
  if (!shown.some(({ at }) => at === trueClass)) shown.push(...ranked.filter(({ at }) => at === trueClass));
  const toName = (at: number): string => className(classNames[at] ?? '', at);
  return (
    <div
      role="table"
      aria-label="Predicted probabilities"
      style={{
        display: 'grid',
        gridTemplateColumns: 'fit-content(120px) 1fr 52px',
        gap: '3px 8px',
        fontSize: 12,
        alignItems: 'center',
      }}
    >
      {shown.map(({ share, at }) => (
        <div
          role="row"
          key={at}
          style={{ display: 'contents', fontWeight: at === trueClass || at === predictedClass ? 650 : 400 }}
        >
          <span
            role="cell"
            title={`${toName(at)}${at === trueClass ? ', the label' : ''}`}
            style={{
              fontWeight: 'inherit',
              overflow: 'hidden',
              textOverflow: 'ellipsis',
              whiteSpace: 'nowrap',
            }}
          >
            {toName(at)}
          </span>
          <span role="cell" className={styles.bar} style={{ gridColumn: 'auto', height: 10 }}>
            <i
              style={{
                width: `${share * 100}%`,
                background: probabilityColor(at === trueClass, at === predictedClass),
              }}
            />
          </span>
          <span role="cell" style={{ textAlign: 'right', fontWeight: 'inherit' }}>
            {percent(share)}
          </span>
        </div>
      ))}
    </div>
  );
}

function Metadata({ sample }: { sample: Sample }) {
  const entries = Object.entries(sample.metadata ?? {});
  if (entries.length === 0) return null;
  return (
    <dl className={styles.facts} style={{ margin: 0, gap: '3px 12px', fontSize: 13 }} aria-label="Metadata">
      {entries.map(([name, value]) => {
        const text =
          typeof value === 'number'
            ? numberText(value)
            : value === null
              ? 'none'
              : typeof value === 'string'
                ? value
                : JSON.stringify(value);
        return [
          <dt key={name}>{plainName(name)}</dt>,
          <dd key={`${name} value`} title={text}>
            {text}
          </dd>,
        ];
      })}
    </dl>
  );
}
