import { Anchor, Button, Group, Kbd, Progress, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
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
import { className } from '../../features/sample/verdict.view.js';
import { hasPictures, visualUrl } from '../../features/sample/visual-sheet.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { capitalised } from '../../parts/capitalised.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted, digits, part } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { useShortcut } from '../../parts/shortcuts/shortcuts.js';
import { useTitle } from '../../parts/use-title.js';
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
const UNSURE = 'Cannot say';

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
  useShortcut(
    '1',
    `Audit: ${words.wrong.toLowerCase()}`,
    () => {
      judge(InsightVerdict.WRONG);
    },
    { enabled: !isOff },
  );
  useShortcut(
    '2',
    `Audit: ${words.right.toLowerCase()}`,
    () => {
      judge(InsightVerdict.RIGHT);
    },
    { enabled: !isOff },
  );
  useShortcut(
    '3',
    `Audit: ${UNSURE.toLowerCase()}`,
    () => {
      judge(InsightVerdict.UNSURE);
    },
    { enabled: !isOff },
  );
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

/** Label and suggestion of a sample, also for a reader who does not see the picture. */
function LabelsView({ insight, sample }: { insight: Insight; sample: InsightMember }) {
  const { trueClass, trueClassName, suggestedClass, suggestedClassName, score } = sample;
  return (
    <Group gap="xl" role="status" aria-live="polite" data-testid="audit-labels">
      <VisuallyHidden>Sample {sample.sample?.sampleId}.</VisuallyHidden>
      {trueClass >= 0 && <FactView name="Label" text={className(trueClassName, trueClass)} />}
      {suggestedClass >= 0 && (
        <FactView name="Suggested" text={className(suggestedClassName, suggestedClass)} />
      )}
      {score !== undefined && <FactView name="Score" text={digits(score, 3)} />}
      {sample.sample !== undefined && (
        <Anchor
          component={Link}
          to={links.sample(insight.projectId, insight.runId, sample.sample, { epoch: insight.epoch })}
          size="sm"
          target="_blank"
        >
          All about this sample
        </Anchor>
      )}
    </Group>
  );
}

function FactView({ name, text }: { name: string; text: string }) {
  return (
    <div style={{ minWidth: 0 }}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={22} fw={650} lh={1.2} style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
    </div>
  );
}

/** The running result of an audit: counts, the bound, and up to where the order can be trusted. */
function BoundView({
  audit,
  total,
  words,
}: {
  audit: InsightAudit | undefined;
  total: number;
  words: { readonly wrong: string; readonly right: string };
}) {
  if (audit === undefined) return null;
  const { wrong, right, unsure, bound, q, cut, wrongShareLow, wrongShareHigh, sentence } = audit;
  const judged = wrong + right + unsure;
  return (
    <Stack gap="sm">
      <Text size="sm" role="status" data-testid="audit-sentence">
        {judged === 0 ? 'No sample is judged yet.' : sentence}
      </Text>
      {judged > 0 && (
        <Text size="sm">
          {counted(judged, 'sample')} judged: {words.wrong.toLowerCase()} {count(wrong)},{' '}
          {words.right.toLowerCase()} {count(right)}, {UNSURE.toLowerCase()} {count(unsure)}.
        </Text>
      )}
      {judged > 0 && (
        <>
          <Text size="sm">
            {capitalised(words.wrong.toLowerCase())} for {part(wrongShareLow)} to {part(wrongShareHigh)} of
            all {count(total)} (95% interval).
          </Text>
          <div>
            <Text size="xs" c="dimmed" mb={4}>
              Above the cut, at most {part(bound)} are no fault; {part(q)} are allowed.
            </Text>
            <Progress
              value={100 * Math.min(1, bound)}
              color={bound <= q ? 'green.8' : 'orange.8'}
              aria-label="Upper bound of the share without a fault"
            />
          </div>
          <Text size="sm">
            {cut > 0
              ? `The first ${count(cut)} of ${count(total)} can be acted on.`
              : 'No part of the list can be acted on yet.'}
          </Text>
        </>
      )}
      <Text size="xs" c="dimmed">
        Every verdict is stored at once: leave and come back at any time. Keys: <Kbd size="xs">1</Kbd>{' '}
        <Kbd size="xs">2</Kbd> <Kbd size="xs">3</Kbd>, <Kbd size="xs">U</Kbd> takes the last one back.
      </Text>
    </Stack>
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
