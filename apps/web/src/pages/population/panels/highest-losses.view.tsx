import { Text, UnstyledButton } from '@mantine/core';
import { useMemo } from 'react';
import { useDatasetVersion } from '../../../features/sample/dataset-version.query.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { hasPictures } from '../../../features/sample/visual-sheet.js';
import { value as numberText } from '../../../parts/numbers.js';
import type { BitMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { highest } from '../points/loss-rank.js';
import type { PointOrder, PointScope } from '../points/point-cache.js';
import { nameAt, readAddress } from '../points/point-facts.js';
import { useRows } from '../points/sample-row.query.js';
import { SHEETS_UP_TO } from '../points/sheets.query.js';
import styles from '../style/population.module.css';

/** How many of the highest losses are shown. */
export const HIGHEST = 12;

/** The samples with the highest losses, as pictures that open them. */
export function HighestLossesView({
  scope,
  order,
  columns,
  shown,
  onOpen,
}: {
  scope: PointScope;
  order: PointOrder;
  columns: ReadonlyMap<string, Column>;
  shown: BitMask | undefined;
  onOpen: (row: number) => void;
}) {
  const loss = columns.get('loss');
  const top = useMemo(
    () => (loss?.kind === 'number' ? highest(loss.values, shown, HIGHEST) : []),
    [loss, shown],
  );
  const version = useDatasetVersion(scope.datasetVersionId).data;
  // Pictures of a large population, and samples without pictures, are requested one by one, by their ids.
  const hasSheets = order.count <= SHEETS_UP_TO && (version === undefined || hasPictures(version));
  const alone = useRows(scope.datasetVersionId, hasSheets ? [] : top.map((point) => order.toRow(point)));
  if (loss !== undefined && top.length === 0)
    return (
      <Text size="xs" c="dimmed">
        {shown === undefined ? 'No sample has a loss.' : 'Nothing that is shown has a loss.'}
      </Text>
    );
  return (
    <div className={styles.thumbs}>
      {top.map((point) => {
        const row = order.toRow(point);
        const [label, prediction] = [
          nameAt(columns.get('true_class'), point),
          nameAt(columns.get('predicted_class'), point),
        ];
        const text = label === undefined ? `row ${row}` : `label ${label}, predicted ${prediction ?? '?'}`;
        return (
          <UnstyledButton
            key={row}
            onClick={() => {
              onOpen(row);
            }}
            title={`${text}, loss ${loss?.kind === 'number' ? numberText(loss.values[point]) : ''}`}
          >
            <ThumbnailView
              datasetVersionId={scope.datasetVersionId}
              sample={alone.data?.find((one) => one.row === row)?.ref ?? readAddress(scope, point)}
              row={row}
              scattered={alone.data !== undefined}
              size={68}
              alt={text}
            />
            <Text size="xs" ta="center" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
              {label ?? row}
              {prediction !== undefined && prediction !== label && (
                <Text span c="red" size="xs">
                  {' '}
                  → {prediction}
                </Text>
              )}
            </Text>
          </UnstyledButton>
        );
      })}
    </div>
  );
}
