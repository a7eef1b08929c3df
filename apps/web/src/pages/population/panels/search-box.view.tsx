import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useId, useRef } from 'react';
import { useShortcut } from '../../../parts/shortcuts/shortcuts.js';
import type { PointScope } from '../points/point-cache.js';
import { usePopulation } from '../model/population-context.js';

const SearchListView = lazy(async () => ({
  default: (await import('./search-list.view.js')).SearchListView,
}));

/**
 * The one search of the map: ids and texts of samples, conditions of the filter language, slices. Results
 * stand out on the map; each can be opened.
 */
export function SearchBoxView({ scope }: { readonly scope: PointScope }) {
  const { state, set, described, points, order, plots, found, openRow } = usePopulation();
  const typed = state.search;
  const onTyped = (search: string): void => {
    set({ search }, 'replace');
  };
  const box = useCombobox({
    onDropdownOpen: () => {
      box.resetSelectedOption();
    },
  });
  const field = useRef<HTMLInputElement>(null);
  const listId = useId();
  // The field names its list before the list has loaded.
  useEffect(() => {
    box.setListId(listId);
  });
  useShortcut('/', 'Search samples', () => {
    field.current?.focus();
  });
  const choose = (option: string): void => {
    const at = option.indexOf(' ');
    const [kind, rest] = [option.slice(0, at), option.slice(at + 1)];
    if (kind === 'text') {
      onTyped(rest);
      box.resetSelectedOption();
      field.current?.focus();
      return;
    }
    if (kind === 'slice') set({ selection: `slice:${rest}`, search: '', right: true });
    else {
      const row = Number(rest);
      openRow(row);
      const point = order?.toPoint(row);
      if (point !== undefined) plots[0]?.zoomTo([point]);
    }
    box.closeDropdown();
  };
  return (
    <Combobox store={box} width={340} position="bottom-start" withinPortal onOptionSubmit={choose}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={field}
          size="xs"
          style={{ flex: '1 1 170px', maxWidth: 280 }}
          placeholder="Id, slice or label = 3 AND loss > 1  ( / )"
          aria-label="Search samples by id, slice or condition"
          leftSection={<IconSearch size={14} />}
          value={typed}
          type="search"
          autoComplete="off"
          spellCheck={false}
          aria-invalid={found?.error !== undefined}
          error={found?.error !== undefined}
          onChange={(event) => {
            onTyped(event.currentTarget.value);
            box.resetSelectedOption();
            box.openDropdown();
          }}
          onFocus={() => {
            box.openDropdown();
          }}
          onClick={() => {
            box.openDropdown();
          }}
          onBlur={() => {
            box.closeDropdown();
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') {
              onTyped('');
              field.current?.blur();
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        {box.dropdownOpened && (
          <Suspense fallback={<div style={{ height: 60 }} />}>
            <SearchListView
              id={listId}
              scope={scope}
              described={described}
              columns={points.columns}
              typed={typed}
              found={found}
            />
          </Suspense>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
