import { ActionIcon, Box, Group, Select, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { memo, useMemo, useState } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import { type ColorSettings, encodeColor } from '../encoding/color-encoding.js';
import { LegendView } from './color-panel.view.js';
import { type Column, columnTitle, isLogarithmic } from '../points/column.js';
import { type Domain, domainNote } from '../points/column-domains.js';
import type { FindDomain } from '../points/domains.query.js';
import { type ColumnOption, groupColumns } from '../points/column-catalog.js';
import { type Filter, withoutFilter } from '../selection/filters.js';

export interface FilterPanelProps {
  readonly options: readonly ColumnOption[];
  readonly columns: ReadonlyMap<string, Column>;
  /** Column that has its legend elsewhere. */
  readonly except: string;
  readonly filters: readonly Filter[];
  readonly shown: BitMask | undefined;
  readonly settings: Omit<ColorSettings, 'scale' | 'own'>;
  readonly findDomain: FindDomain;
  /** How many epochs there are to compare. */
  readonly epochs: number;
  /** Columns that a filter may follow for. */
  readonly onOpen: (columns: readonly string[]) => void;
  readonly onFilters: (filters: readonly Filter[], done: boolean) => void;
}

/** Filters by any column, one beneath the other; a dot must meet all of them. */
export const FilterPanelView = memo(function FilterPanelView({
  options,
  columns,
  except,
  filters,
  shown,
  settings,
  findDomain,
  epochs,
  onOpen,
  onFilters,
}: FilterPanelProps) {
  const [opened, setOpened] = useState<readonly string[]>([]);
  const names = [...new Set([...filters.map((f) => f.column), ...opened])].filter((name) => name !== except);
  const open = (next: readonly string[]): void => {
    setOpened(next);
    onOpen(next);
  };
  return (
    <Stack gap={12}>
      {names.map((name) => (
        <Box key={name}>
          <Group justify="space-between" mb={2} wrap="nowrap">
            <Text size="xs" fw={600} truncate>
              {columnTitle(name)}
            </Text>
            <ActionIcon
              size={24}
              variant="subtle"
              color="gray"
              aria-label={`Remove the filter by ${columnTitle(name)}`}
              onClick={() => {
                open(opened.filter((one) => one !== name));
                onFilters(withoutFilter(filters, name), true);
              }}
            >
              <IconX size={13} />
            </ActionIcon>
          </Group>
          <FilterLegend
            column={columns.get(name)}
            filters={filters}
            shown={shown}
            settings={settings}
            domain={findDomain(name)}
            epochs={epochs}
            onFilters={onFilters}
          />
        </Box>
      ))}
      <Select
        size="xs"
        aria-label="Add a filter"
        placeholder="Add a filter …"
        data={groupColumns(options.filter(({ name }) => name !== except && !names.includes(name)))}
        value={null}
        searchable
        maxDropdownHeight={420}
        onChange={(name) => {
          if (name !== null) open([...opened, name]);
        }}
      />
    </Stack>
  );
});

function FilterLegend({
  column,
  settings,
  domain,
  epochs,
  ...rest
}: Pick<FilterPanelProps, 'filters' | 'shown' | 'settings' | 'epochs' | 'onFilters'> & {
  column: Column | undefined;
  domain: Domain | undefined;
}) {
  const encoding = useMemo(
    () =>
      column === undefined
        ? undefined
        : encodeColor(
            column,
            { ...settings, scale: isLogarithmic(column.name) ? 'log' : 'linear', own: {} },
            domain?.extent,
          ),
    [column, settings, domain],
  );
  if (column === undefined || encoding === undefined)
    return (
      <Text size="xs" c="dimmed">
        loading …
      </Text>
    );
  return <LegendView column={column} encoding={encoding} note={domainNote(domain, epochs)} {...rest} />;
}
