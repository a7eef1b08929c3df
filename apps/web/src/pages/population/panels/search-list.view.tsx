import { Combobox, Group, Text } from '@mantine/core';
import { IconBookmark } from '@tabler/icons-react';
import { type UIEvent, useMemo, useState } from 'react';
import { count as countText, counted } from '../../../parts/numbers.js';
import { ThumbnailView } from '../../../features/sample/thumbnail.view.js';
import { splitName } from '../../../parts/address/split.js';
import { useSlices } from '../../../features/selection/slices.query.js';
import type { Column } from '../points/column.js';
import { type Described, findOwner } from '../points/placed-rows.js';
import { nameAt, readAddress } from '../points/point-facts.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { completions } from '../selection/search-completions.js';
import { searchFields } from '../selection/search-fields.js';
import type { Found } from '../selection/text-search.js';

/** Entries that come when the list is scrolled to its end. */
const STEP = 40;
const MAX_SLICES = 5;

export interface SearchListProps {
  /** Id of the list in the document. */
  readonly id: string;
  readonly scope: PointScope;
  readonly described: Described;
  readonly columns: ReadonlyMap<string, Column>;
  readonly typed: string;
  /** `undefined` while it is searched, or nothing is. */
  readonly found: Found | undefined;
}

/** The offers of a search: how it can go on, slices of that name, and all samples that it has found. */
export function SearchListView({ id, scope, described, columns, typed, found }: SearchListProps) {
  const [shown, setShown] = useState({ typed, most: STEP });
  const most = shown.typed === typed ? shown.most : STEP;
  const fields = useMemo(() => searchFields(described), [described]);
  const offers = useMemo(
    () => completions(typed, { fields, listValues: (field) => listValues(field, described) }),
    [typed, fields, described],
  );
  const slices =
    useSlices(scope.datasetVersionId)
      .data?.filter(
        ({ displayName }) =>
          typed.trim() !== '' && displayName.toLowerCase().includes(typed.trim().toLowerCase()),
      )
      .slice(0, MAX_SLICES) ?? [];
  const order = pointCache.findOrder(scope);
  const onScroll = ({
    currentTarget: { scrollTop, clientHeight, scrollHeight },
  }: UIEvent<HTMLDivElement>): void => {
    if (scrollTop + clientHeight > scrollHeight - 80 && most < (found?.points.length ?? 0))
      setShown({ typed, most: most + STEP });
  };
  const samples = typed.trim() === '' ? [] : (found?.points.slice(0, most) ?? []);
  return (
    <>
      {typed.trim() !== '' && (
        <Combobox.Header>
          {found?.error === undefined || offers.length > 0 ? (
            <Text size="xs" c="dimmed" aria-live="polite">
              {found === undefined
                ? 'searching …'
                : found.error !== undefined
                  ? 'Not complete yet'
                  : found.count === 0
                    ? `No sample matches “${typed}”.`
                    : foundText(found)}
            </Text>
          ) : (
            <Text size="xs" c="red" role="alert" style={{ overflowWrap: 'anywhere' }}>
              {found.error}
            </Text>
          )}
        </Combobox.Header>
      )}
      {offers.length + slices.length + samples.length > 0 && (
        <Combobox.Options
          id={id}
          aria-label="What the search offers"
          mah={380}
          style={{ overflowY: 'auto' }}
          onScroll={onScroll}
        >
          {offers.length > 0 && (
            <Combobox.Group
              label={
                typed.trim() === ''
                  ? 'An id, a slice, or a condition such as label = 3 AND loss > 1'
                  : 'Continue with'
              }
            >
              {offers.map(({ text, title, note }) => (
                <Combobox.Option key={text} value={`text ${text}`}>
                  <Group justify="space-between" wrap="nowrap">
                    <Text size="sm" ff="monospace" fz={13} truncate>
                      {title}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {note}
                    </Text>
                  </Group>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {slices.length > 0 && (
            <Combobox.Group label="Slices">
              {slices.map((slice) => (
                <Combobox.Option key={slice.id} value={`slice ${slice.id}`}>
                  <Group gap="xs" wrap="nowrap">
                    <IconBookmark size={15} />
                    <Text size="sm" truncate flex={1}>
                      {slice.displayName}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {countText(slice.sampleCount)}
                    </Text>
                  </Group>
                </Combobox.Option>
              ))}
            </Combobox.Group>
          )}
          {order !== undefined && samples.length > 0 && (
            <Combobox.Group label="Samples">
              {samples.map((point) => {
                const row = order.toRow(point);
                const owner = findOwner(scope, row);
                const sample = readAddress(scope, point);
                return (
                  <Combobox.Option key={row} value={`row ${row}`}>
                    <Group gap="sm" wrap="nowrap">
                      <ThumbnailView
                        datasetVersionId={owner.datasetVersionId}
                        sample={sample}
                        row={owner.row}
                        size={30}
                        alt=""
                      />
                      <div style={{ minWidth: 0 }}>
                        <Text size="sm" truncate>
                          {splitName(sample.split)} {sample.sampleId}
                        </Text>
                        <Text size="xs" c="dimmed" truncate>
                          {[owner.isPlaced ? 'placed here' : '', labelLine(columns, point)]
                            .filter((part) => part !== '')
                            .join(' · ')}
                        </Text>
                      </div>
                    </Group>
                  </Combobox.Option>
                );
              })}
            </Combobox.Group>
          )}
        </Combobox.Options>
      )}
    </>
  );
}

const foundText = ({ count, points }: Found): string =>
  `${counted(count, 'sample')} found; ${count === 1 ? 'it stands' : 'they stand'} out on the ` +
  `map.${points.length < count ? ` The first ${countText(points.length)} are listed.` : ''}`;

function listValues(field: string, { classNames, splits }: Described): readonly string[] {
  if (field === 'label' || field === 'class_name') return classNames;
  if (field === 'split') return splits.map(({ split }) => splitName(split));
  return field === 'correct' ? ['true', 'false'] : [];
}

function labelLine(columns: ReadonlyMap<string, Column>, point: number): string {
  const [label, prediction] = [
    nameAt(columns.get('true_class'), point),
    nameAt(columns.get('predicted_class'), point),
  ];
  return label === undefined
    ? ''
    : `label ${label}${prediction === undefined ? '' : `, predicted ${prediction}`}`;
}
