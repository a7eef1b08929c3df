import { Button, Text } from '@mantine/core';
import { type Insight, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { useInsights } from '../../features/insights/insights.query.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { isOfOutput, type ShownOutput } from './insight-filter.js';
import { InsightRowsView } from './insight-rows.view.js';

/** The hints of a run, which no held-out sample confirms, folded away. */
export function HintsView({
  projectId,
  runId,
  kind,
  output,
  hintCount,
}: {
  projectId: string;
  runId: string;
  kind: string;
  output: ShownOutput;
  hintCount: number;
}) {
  const [open, setOpen] = useAddressValue('hints');
  const isOpen = open !== '';
  if (hintCount === 0 && runId !== '') return null;
  return (
    <SectionView
      title="Hints"
      flush={isOpen}
      note="Not confirmed on other samples; an audit by a person may confirm them"
      actions={
        <Button
          size="xs"
          variant="default"
          aria-expanded={isOpen}
          onClick={() => {
            setOpen(isOpen ? undefined : 'shown');
          }}
        >
          {isOpen ? 'Hide hints' : runId === '' ? 'Show hints' : `Show ${counted(hintCount, 'hint')}`}
        </Button>
      }
    >
      {isOpen && <HintRowsView projectId={projectId} runId={runId} kind={kind} output={output} />}
    </SectionView>
  );
}

function HintRowsView({
  projectId,
  runId,
  kind,
  output,
}: {
  projectId: string;
  runId: string;
  kind: string;
  output: ShownOutput;
}) {
  const list = useInsights(projectId, runId, true);
  const isHint = (insight: Insight): boolean =>
    insight.state === InsightState.HINT &&
    (kind === '' || insight.kind === kind) &&
    isOfOutput(insight.output, output);
  return (
    <QueryView query={list} lines={4}>
      {(all) => {
        const hints = all.filter(isHint);
        return hints.length === 0 ? (
          <Text size="sm" c="dimmed" px="md" pb="md">
            No hint{kind === '' ? '' : ' of this kind'}
            {output.output === '' ? '' : ' of this output'}.
          </Text>
        ) : (
          <InsightRowsView insights={hints} label="Hints" runName={undefined} />
        );
      }}
    </QueryView>
  );
}
