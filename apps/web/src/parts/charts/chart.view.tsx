import { Box, Center, Skeleton, Text } from '@mantine/core';
import { Suspense } from 'react';
import { lazyPart } from '../lazy-part.view.js';
import type { ChartMark, ChartProps } from './chart.js';
import classes from './charts.module.css';
import { describeMark } from './mark-text.js';
import { MarkTableView } from './mark-table.view.js';
import { value as numberText } from '../numbers.js';

const ChartFigureView = lazyPart(async () => ({
  default: (await import('./chart-figure.view.js')).ChartFigureView,
}));

/** A chart of any kind; the library that draws it is loaded with the first one. */
export function ChartView<Mark extends ChartMark>(props: ChartProps<Mark>) {
  const { spec, data, height = 260 } = props;
  // Marks that come back are the ones that were given.
  const own = props as unknown as ChartProps;
  if (data.length === 0 || !data.some(({ value }) => Number.isFinite(value)))
    return (
      <Center h={height}>
        <Text size="sm" c="dimmed" ta="center">
          {data.length === 0 ? 'No sample has these values.' : 'No value is a finite number.'}
        </Text>
      </Center>
    );
  if (spec.kind === 'number') return <NumberView {...own} />;
  if (spec.kind === 'table') return <MarkTableView {...own} />;
  const undrawn = data.filter(({ value }) => !Number.isFinite(value)).length;
  return (
    <Box>
      <Suspense fallback={<Skeleton height={height} />}>
        <ChartFigureView {...own} />
      </Suspense>
      {undrawn > 0 && (
        <Text size="xs" c="dimmed" role="note" mt={4}>
          {numberText(undrawn)} without a finite value {undrawn === 1 ? 'is' : 'are'} not drawn; the table
          lists
          {undrawn === 1 ? ' it' : ' them'}.
        </Text>
      )}
    </Box>
  );
}

/** Each mark as a number; several ones with their names. */
function NumberView({ spec, data }: ChartProps) {
  return data.map((mark, at) => {
    const { name, facts } = describeMark(spec, mark);
    return (
      <Box key={at} py={4}>
        {data.length > 1 && <Text size="sm">{name}</Text>}
        <div className={classes.number}>{(spec.value.format ?? numberText)(mark.value)}</div>
        {facts.map((fact) => (
          <Text key={fact} size="xs" c="dimmed">
            {fact}
          </Text>
        ))}
      </Box>
    );
  });
}
