import { Skeleton, Stack, Table, Text } from '@mantine/core';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted, percent, signed, value as numberText } from '../../parts/numbers.js';
import type { ComparedRun } from './compared-run.js';
import { useSliceComparison } from './slice-comparison.query.js';
import { METRICS, type MetricKind, type SliceMetric } from './slice-metrics.js';
import type { NamedSubject, Unshared } from './slice-sets.js';

/** The metrics of one slice or two after an epoch, and their difference, each with n and its interval. */
export function SliceTableView({
  run,
  slices,
}: {
  readonly run: ComparedRun;
  readonly slices: readonly NamedSubject[];
}) {
  const [first, second] = slices;
  const { unshared, summaries, error, retry } = useSliceComparison(run, first?.subject, second?.subject);
  if (error !== null) return <FaultView error={error} retry={retry} />;
  const own = summaries.slice(0, slices.length);
  if (own.some((summary) => summary === undefined))
    return <Skeleton h={140} role="status" aria-busy="true" aria-label="loading" />;
  const [one, other] = [summaries[2], summaries[3]];
  const kinds = METRICS.filter(({ measure }) => own.some((summary) => measure(summary!) !== undefined));
  if (kinds.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No sample of {slices.length === 1 ? 'the slice' : 'the slices'} has ground truth, so there is no
        accuracy and no loss.
      </Text>
    );
  return (
    <Stack gap="xs">
      <Table.ScrollContainer minWidth={320} type="native" tabIndex={0} role="region" aria-label="Metrics">
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>epoch {count(run.epoch)}</Table.Th>
              {slices.map(({ title }, at) => (
                <Table.Th key={at} ta="right" maw={160} data-verbatim>
                  <Text size="xs" fw={600} truncate title={title}>
                    {title}
                  </Text>
                </Table.Th>
              ))}
              {second !== undefined && <Table.Th ta="right">difference</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {kinds.map((kind) => (
              <Table.Tr key={kind.name}>
                <Table.Td>{kind.title}</Table.Td>
                {own.map((summary, at) => (
                  <Table.Td key={at} ta="right">
                    <MetricView metric={kind.measure(summary!)} kind={kind} />
                  </Table.Td>
                ))}
                {second !== undefined && (
                  <Table.Td ta="right">
                    {one === undefined || other === undefined ? (
                      '–'
                    ) : (
                      <MetricView metric={kind.compare(one, other)} kind={kind} isDifference />
                    )}
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        Intervals of 95%: Wilson for accuracy, Student for the mean loss.
        {second !== undefined && ' Differences: Newcombe and Welch, samples taken as independent.'}
      </Text>
      {second !== undefined && first?.subject !== undefined && second.subject !== undefined && (
        <Text size="xs" role="note" data-testid="slice-overlap">
          {overlapText(unshared, first.title, second.title)}
        </Text>
      )}
    </Stack>
  );
}

function MetricView({
  metric,
  kind,
  isDifference = false,
}: {
  readonly metric: SliceMetric | undefined;
  readonly kind: MetricKind;
  readonly isDifference?: boolean;
}) {
  if (metric === undefined) return <>–</>;
  const isShare = kind.name === 'accuracy';
  const unit = isShare && isDifference ? ' points' : '';
  const text = (number: number): string =>
    isDifference
      ? signed(isShare ? 100 * number : number, 3)
      : isShare
        ? percent(number)
        : numberText(number);
  const { value, n, interval } = metric;
  return (
    <>
      <Text size="sm" fw={600}>
        {text(value)}
        {unit}
      </Text>
      <Text size="xs" c="dimmed">
        {interval === undefined
          ? 'no interval for one sample'
          : `${text(interval.low)} to ${text(interval.high)}${unit}`}
      </Text>
      <Text size="xs" c="dimmed">
        n {count(n)}
      </Text>
    </>
  );
}

/** States which samples the difference compares. */
export function overlapText(unshared: Unshared | undefined, first: string, second: string): string {
  if (unshared === undefined) return 'Both slices have the same samples: there is no difference to measure.';
  const { kind, shared } = unshared;
  const [a, b] = [counted(unshared.first.count, 'sample'), counted(unshared.second.count, 'sample')];
  switch (kind) {
    case 'whole':
      return 'The slices share no sample.';
    case 'first within':
      return (
        `“${second}” contains “${first}”: the difference compares ${a} of “${first}” with the other ` +
        `${b}.`
      );
    case 'second within':
      return (
        `“${first}” contains “${second}”: the difference compares the other ${a} with ${b} of ` +
        `“${second}”.`
      );
    case 'unshared':
      return (
        `${counted(shared, 'sample is', 'samples are')} in both slices and left out of the difference, which ` +
        `compares ${a} only in “${first}” with ${b} only in “${second}”.`
      );
  }
}
