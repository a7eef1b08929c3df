import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { lazy, Suspense, useRef } from 'react';
import { useShortcut } from '../../../parts/shortcuts/shortcuts.js';
import type { SearchListProps } from './search-list.view.js';

const SearchListView = lazy(async () => ({
  default: (await import('./search-list.view.js')).SearchListView,
}));

export interface SearchBoxProps extends SearchListProps {
  readonly onTyped: (typed: string) => void;
  readonly onChosen: (row: number) => void;
  readonly onSlice: (sliceId: string) => void;
}

/**
 * The one search of the map: ids and texts of samples, conditions of the filter language, slices. What is
 * found stands out; each of it can be opened.
 */
export function SearchBoxView({ onTyped, onChosen, onSlice, ...list }: SearchBoxProps) {
  const { typed, found } = list;
  const box = useCombobox({
    onDropdownOpen: () => {
      box.resetSelectedOption();
    },
  });
  const field = useRef<HTMLInputElement>(null);
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
    if (kind === 'slice') onSlice(rest);
    else onChosen(Number(rest));
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
            <SearchListView {...list} />
          </Suspense>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
