import { ScrollArea, Skeleton, Table, Text } from '@mantine/core';
import { FaultView } from '../../parts/fault.view.js';
import { value } from '../../parts/numbers.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { SeriesView } from './series.view.js';
import { useVisual } from './visual.query.js';
import type { Cell, Visual } from './visual.js';

/** A sample that is no picture: its text, its series as lines, its table. */
export function VisualView({
  datasetVersionId,
  sample,
  height,
}: {
  datasetVersionId: string;
  sample: SampleAddress;
  height: number;
}) {
  const visual = useVisual(datasetVersionId, sample);
  if (visual.error !== null)
    return (
      <FaultView
        error={visual.error}
        retry={() => {
          void visual.refetch();
        }}
      />
    );
  if (visual.data === undefined) return <Skeleton height={height} />;
  return (
    <ScrollArea.Autosize mah={height} type="auto" tabIndex={0}>
      <Shown visual={visual.data} height={height} />
    </ScrollArea.Autosize>
  );
}

function Shown({ visual, height }: { visual: Visual; height: number }) {
  switch (visual.kind) {
    case 'text':
      return (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {visual.text}
        </Text>
      );
    case 'tokens':
      return (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {visual.tokens.join(' ')}
        </Text>
      );
    case 'series':
      return <SeriesView series={visual.series} height={Math.min(height, 260)} />;
    case 'table':
      return (
        <Table stickyHeader withRowBorders fz="sm" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              {visual.columns.map((name, at) => (
                <Table.Th data-verbatim key={at}>
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {visual.rows.map((row, at) => (
              <Table.Tr key={at}>
                {row.map((cell, column) => (
                  <Table.Td key={column}>{cellText(cell)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      );
  }
}

/** A value of a table or of metadata as people read it. */
export const cellText = (cell: Cell | undefined): string =>
  cell === undefined || cell === null ? '–' : typeof cell === 'number' ? value(cell) : String(cell);
