import { Anchor, Button, Group, Kbd, Skeleton, Stack } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type Insight, type InsightMember, InsightVerdict } from '@noema/contracts/noema/insights/v1/insight';
import type {
  GetInsightAuditResponse,
  InsightAudit,
} from '@noema/contracts/noema/insights/v1/insight_service';
import { IconArrowBackUp, IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useEffectEvent } from 'react';
import { Link } from 'react-router-dom';
import { useInsight } from '../../features/insights/insights.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { hasPictures, visualUrl } from '../../features/sample/visual-sheet.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import type { KeyLike } from '../../parts/shortcuts/shortcut-registry.js';
import { useShortcut } from '../../parts/shortcuts/shortcuts.js';
import { useTitle } from '../../parts/use-title.js';
import { BoundView, UNSURE } from './audit-bound.view.js';
import { LabelsView } from './audit-labels.view.js';
import { AuditPicturesView } from './audit-picture.view.js';
import { AuditPartnersView } from './audit-partners.view.js';
import { useAudit, useAuditStart } from './audit.query.js';
import classes from './insights.module.css';

/** Pictures that are loaded ahead. */
const PRELOADED = 4;

/** The audit of an insight: one sample at a time, judged by keys. */
export function AuditView({ projectId, insightId }: { projectId: string; insightId: string }) {
  const query = useInsight(insightId);
  const start = useAuditStart(insightId);
  const insight = query.data;
  const version = useDatasetVersion(insight?.datasetVersionId).data;
  useTitle('Audit', insight?.kindTitle);
  if (insight === undefined)
    return (
      <QueryView query={query} lines={8}>
        {() => null}
      </QueryView>
    );
  return (
    <Stack gap="md">
      <PageHeadView
        title="Audit"
        actions={
          <Button component={Link} to={links.insight(projectId, insightId)} variant="default">
            Back to the insight
          </Button>
        }
      >
        <span style={{ overflowWrap: 'anywhere' }}>{insight.sentence}</span>
      </PageHeadView>
      <QueryView query={start} lines={8}>
        {(response) =>
          version === undefined ? (
            <Skeleton h={400} role="status" aria-busy aria-label="loading" />
          ) : (
            <JudgeView insight={insight} version={version} start={response} />
          )
        }
      </QueryView>
    </Stack>
  );
}

/** Names and colors of the verdicts, for wrong labels and for other claims. */
const WORDS = {
  label: { wrong: 'Label is wrong', right: 'Label is right', colors: ['red.8', '#237a36'] },
  claim: { wrong: 'Claim holds', right: 'Does not hold', colors: ['noema', 'gray.7'] },
} as const;

function JudgeView({
  insight,
  version,
  start,
}: {
  insight: Insight;
  version: DatasetVersion;
  start: GetInsightAuditResponse;
}) {
  const { noEdit } = useRights();
  const { queue, audit, error, isSaving, judge, undo, reload, leave } = useAudit(insight, start);
  const [sample] = queue.next;
  const words = WORDS[insight.hasSuggestedClasses ? 'label' : 'claim'];
  const isOff = noEdit !== undefined || error !== null || sample === undefined;
  const left = useEffectEvent(leave);
  useEffect(
    () => () => {
      left();
    },
    [],
  );
  /** A key that is held down judges one sample. */
  const byKey =
    (verdict: InsightVerdict) =>
    ({ repeat }: KeyLike): void => {
      if (repeat !== true) judge(verdict);
    };
  const whenOn = { enabled: !isOff };
  useShortcut('1', `Audit: ${words.wrong.toLowerCase()}`, byKey(InsightVerdict.WRONG), whenOn);
  useShortcut('2', `Audit: ${words.right.toLowerCase()}`, byKey(InsightVerdict.RIGHT), whenOn);
  useShortcut('3', `Audit: ${UNSURE.toLowerCase()}`, byKey(InsightVerdict.UNSURE), whenOn);
  const canUndo = noEdit === undefined && error === null && queue.judged.length > 0;
  useShortcut('u', 'Audit: undo the last verdict', undo, { enabled: canUndo });
  usePreload(version, queue.next.slice(1, 1 + PRELOADED));
  return (
    <div className={classes.stage}>
      <SectionView
        title={sample === undefined ? 'Samples' : `Sample ${sample.sample?.sampleId ?? ''}`}
        note={
          sample === undefined
            ? undefined
            : `number ${count(sample.position + 1)} of ${count(insight.memberCount)}`
        }
      >
        {error !== null ? (
          <FaultView
            error={error}
            retry={() => {
              void reload();
            }}
          />
        ) : sample === undefined ? (
          isSaving ? (
            <Skeleton h={320} role="status" aria-busy aria-label="loading" />
          ) : (
            <EndView insight={insight} audit={audit} />
          )
        ) : (
          <Stack gap="md">
            {insight.groupCount > 0 ? (
              <AuditPartnersView insight={insight} version={version} sample={sample} />
            ) : (
              <AuditPicturesView version={version} samples={[sample]} />
            )}
            <LabelsView insight={insight} sample={sample} />
            <div className={classes.verdicts}>
              {(
                [
                  ['1', words.wrong, InsightVerdict.WRONG, words.colors[0]],
                  ['2', words.right, InsightVerdict.RIGHT, words.colors[1]],
                  ['3', UNSURE, InsightVerdict.UNSURE, 'gray.7'],
                ] as const
              ).map(([key, text, verdict, color]) => (
                <ActionView
                  key={key}
                  size="md"
                  px={6}
                  color={color}
                  autoContrast={false}
                  off={noEdit}
                  styles={{ label: { whiteSpace: 'normal', lineHeight: 1.15 } }}
                  onClick={() => {
                    judge(verdict);
                  }}
                >
                  <Kbd size="xs" visibleFrom="sm" mr={8}>
                    {key}
                  </Kbd>
                  {text}
                </ActionView>
              ))}
            </div>
          </Stack>
        )}
        <Group mt="sm">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconArrowBackUp size={14} />}
            disabled={!canUndo}
            onClick={undo}
          >
            Undo (U)
          </Button>
        </Group>
      </SectionView>
      <SectionView title="What the verdicts say">
        <BoundView audit={audit} total={insight.memberCount} words={words} />
      </SectionView>
    </div>
  );
}

function EndView({ insight, audit }: { insight: Insight; audit: InsightAudit | undefined }) {
  return (
    <EmptyView
      icon={<IconCircleCheck />}
      title={audit?.done === true ? 'The audit is done' : 'No sample is left to judge'}
    >
      {audit?.sentence}{' '}
      <Anchor component={Link} to={links.insight(insight.projectId, insight.id)} size="sm" underline="always">
        Act on the insight
      </Anchor>
    </EmptyView>
  );
}

/** Loads the pictures of the samples that come next. */
function usePreload(version: DatasetVersion, next: readonly InsightMember[]): void {
  const urls = !hasPictures(version)
    ? ''
    : next.flatMap(({ sample }) => (sample === undefined ? [] : visualUrl(version.id, sample))).join(' ');
  useEffect(() => {
    for (const url of urls.split(' ')) if (url !== '') new Image().src = url;
  }, [urls]);
}
