import { Combobox, Group, Text, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef } from 'react';
import { useShortcut } from '../app/shortcuts.js';
import { count as countText } from '../parts/numbers.js';
import { ThumbnailView } from '../sample/thumbnail.view.js';
import { splitName } from '../sample/split.js';
import type { Column } from './column.js';
import { ownerOf } from './placed-rows.js';
import { addressOf, nameAt } from './point-facts.js';
import type { PointScope } from './point-cache.js';
import { pointCache } from './points.query.js';

const LISTED = 12;

export interface SearchBoxProps {
  readonly scope: PointScope;
  readonly columns: ReadonlyMap<string, Column>;
  readonly typed: string;
  /** Points found, the first ones; `undefined` while nothing is searched. */
  readonly found: { readonly points: readonly number[]; readonly count: number } | undefined;
  readonly onTyped: (typed: string) => void;
  readonly onChosen: (row: number) => void;
}

/** Searches ids and texts of samples: what is found alone is shown, and each of the first can be opened. */
export function SearchBoxView({ scope, columns, typed, found, onTyped, onChosen }: SearchBoxProps) {
  const box = useCombobox();
  const field = useRef<HTMLInputElement>(null);
  useShortcut('/', 'Search samples', () => { field.current?.focus(); });
  const order = pointCache.orderOf(scope);
  return (
    <Combobox store={box} width={320} position="bottom-start" withinPortal onOptionSubmit={(row) => { onChosen(Number(row)); box.closeDropdown(); }}>
      <Combobox.Target>
        <TextInput
          ref={field} size="xs" w={230} placeholder="Search id or metadata  ( / )" aria-label="Search samples by id or metadata" leftSection={<IconSearch size={14} />} value={typed} type="search" autoComplete="off"
          onChange={(event) => { onTyped(event.currentTarget.value); box.openDropdown(); }} onFocus={() => { box.openDropdown(); }} onBlur={() => { box.closeDropdown(); }}
          onKeyDown={(event) => { if (event.key === 'Escape') { onTyped(''); field.current?.blur(); } }}
        />
      </Combobox.Target>
      {typed !== '' && order !== undefined && (
        <Combobox.Dropdown>
          <Combobox.Header><Text size="xs" c="dimmed" aria-live="polite">{found === undefined ? 'searching …' : found.count === 0 ? `No sample's id or text contains “${typed}”.` : `${countText(found.count)} found; the map shows only these.`}</Text></Combobox.Header>
          <Combobox.Options mah={380} style={{ overflowY: 'auto' }}>
            {found?.points.slice(0, LISTED).map((point) => {
              const row = order.rowOf(point);
              const owner = ownerOf(scope, row), sample = addressOf(scope, point);
              return (
                <Combobox.Option key={row} value={String(row)}>
                  <Group gap="sm" wrap="nowrap"><ThumbnailView datasetVersionId={owner.datasetVersionId} sample={sample} row={owner.row} size={30} alt="" /><div style={{ minWidth: 0 }}><Text size="sm" truncate>{splitName(sample.split)} {sample.sampleId}</Text><Text size="xs" c="dimmed" truncate>{owner.isPlaced ? 'placed here' : ''}{owner.isPlaced && labelLine(columns, point) !== '' ? ' · ' : ''}{labelLine(columns, point)}</Text></div></Group>
                </Combobox.Option>
              );
            })}
          </Combobox.Options>
        </Combobox.Dropdown>
      )}
    </Combobox>
  );
}

function labelLine(columns: ReadonlyMap<string, Column>, point: number): string {
  const [label, prediction] = [nameAt(columns.get('true_class'), point), nameAt(columns.get('predicted_class'), point)];
  return label === undefined ? '' : `label ${label}${prediction === undefined ? '' : `, read as ${prediction}`}`;
}
