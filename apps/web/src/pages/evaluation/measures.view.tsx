import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { Difference, Measure } from '../../features/evaluation/measures.js';
import { count, percent, signed, value as numberText } from '../../parts/numbers.js';

/** The headline numbers, each with interval and n, and the difference to the other epoch. */
export function MeasuresView({
  measures,
  against,
}: {
  measures: readonly Measure[];
  against: number | undefined;
}) {
  return (
    <SimpleGrid
      cols={{ base: 1, xs: 2, md: 3, xl: Math.min(6, Math.max(3, measures.length)) }}
      spacing="xs"
      component="section"
      aria-label="Headline metrics"
      data-testid="measures"
    >
      {measures.map((measure) => (
        <MeasureView key={measure.name} measure={measure} against={against} />
      ))}
    </SimpleGrid>
  );
}

function MeasureView({ measure, against }: { measure: Measure; against: number | undefined }) {
  const { name, value, n, interval, note, difference } = measure;
  const format = measure.isShare ? percent : numberText;
  return (
    <Paper withBorder px="md" py={10}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fz={24} fw={650} lh={1.25}>
        {Number.isNaN(value) ? '–' : format(value)}
      </Text>
      <Text size="xs" c="dimmed">
        {interval !== undefined && `95% interval ${format(interval.low)} to ${format(interval.high)} · `}
        {countText(n)}
        {note !== undefined && ` · ${note}`}
      </Text>
      {difference !== undefined && against !== undefined && (
        <Text size="xs" mt={4}>
          {differenceText(difference, measure.isShare)} against epoch {against}
        </Text>
      )}
    </Paper>
  );
}

/** The number of samples, on one line. */
const countText = (n: number): string => `n\u00a0=\u00a0${count(n)}`;

/** A difference with its interval and n; of shares in percentage points. */
export function differenceText({ value, interval, n, note }: Difference, isShare: boolean): string {
  if (!Number.isFinite(value)) return 'no difference is defined';
  const format = (number: number): string =>
    isShare ? `${signed(100 * number, 2)}` : number === 0 ? '0' : signed(number, 3);
  const ends = interval === undefined ? '' : ` (95% ${format(interval.low)} to ${format(interval.high)})`;
  return [
    `${format(value)}${isShare ? ' points' : ''}${ends}`,
    countText(n),
    ...(note === undefined ? [] : [note]),
  ].join(', ');
}
