import { Anchor, Group, Text, VisuallyHidden } from '@mantine/core';
import type { Insight, InsightMember } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { className } from '../../features/sample/verdict.view.js';
import { links } from '../../parts/address/links.js';
import { digits } from '../../parts/numbers.js';

/** Label and suggestion of a sample, also for a reader who does not see the picture. */
export function LabelsView({ insight, sample }: { insight: Insight; sample: InsightMember }) {
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
