import { Group, Popover, ScrollArea, Stack, Text, TextInput, UnstyledButton } from '@mantine/core';
import { lazy, memo, type MouseEvent, Suspense, useMemo, useRef, useState } from 'react';
import { count as countText } from '../../../parts/numbers.js';
import { useVisibleRows } from '../../../parts/visible-rows.js';
import type { BitMask } from '../points/bit-mask.js';
import type { LegendEntry } from '../encoding/color-encoding.js';
import { type CodeColumn, countCodes, MAX_SLICES, SLICE } from '../points/column.js';
import { type CodeFilter, type Filter, toggleName } from '../selection/filters.js';
import styles from '../style/population.module.css';

const ROW = 26;
const SEARCHED_FROM = 12;
const TintPicker = lazy(async () => ({ default: (await import('./tint-picker.view.js')).TintPickerView }));

export interface CodeLegendProps {
  readonly column: CodeColumn;
  readonly title: string;
  readonly entries: readonly LegendEntry[];
  readonly missing: number;
  readonly missingColor: string;
  readonly filter: CodeFilter | undefined;
  readonly shown: BitMask | undefined;
  readonly filters: readonly Filter[];
  readonly onFilters: (filters: readonly Filter[]) => void;
  /** Gives a name a color of its own; not given where colors are not of this column. */
  readonly onTint?: ((name: string, color: string) => void) | undefined;
}

/**
 * The names of a column with their colors and counts: a click shows one alone, a click with Ctrl switches
 * one.
 */
export const CodeLegendView = memo(function CodeLegendView({
  column,
  title,
  entries,
  missing,
  missingColor,
  filter,
  shown,
  filters,
  onFilters,
  onTint,
}: CodeLegendProps) {
  const [typed, setTyped] = useState('');
  const counts = useMemo(
    () => (shown === undefined ? undefined : countCodes(column, shown)),
    [column, shown],
  );
  const rows = useMemo(() => {
    const wanted = typed.trim().toLowerCase();
    const named = entries
      .map((e) => ({ ...e, key: e.name }))
      .filter((e) => e.title.toLowerCase().includes(wanted));
    return missing > 0 && wanted === ''
      ? [
          ...named,
          {
            key: null,
            code: entries.length,
            name: '',
            title: missingTitle(column),
            color: missingColor,
            count: missing,
          },
        ]
      : named;
  }, [column, entries, missing, missingColor, typed]);
  const box = useRef<HTMLDivElement>(null);
  const { first, last } = useVisibleRows(box, rows.length, ROW);
  const all = useMemo(
    () => [...entries.map((e) => e.name), ...(missing > 0 ? [null] : [])],
    [entries, missing],
  );
  const toggle =
    (name: string | null) =>
    (event: MouseEvent): void => {
      onFilters(
        toggleName(filters, column.name, name, all, !(event.ctrlKey || event.metaKey || event.shiftKey)),
      );
    };
  const isOn = (name: string | null): boolean => filter === undefined || filter.names.includes(name);
  return (
    <Stack gap={4}>
      {entries.length > SEARCHED_FROM && (
        <TextInput
          size="xs"
          placeholder={`Search ${countText(entries.length)} names`}
          aria-label={`Search the names of ${title}`}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
      )}
      <ScrollArea.Autosize
        viewportRef={box}
        mah={ROW * 12}
        type="auto"
        scrollbars="y"
        offsetScrollbars="y"
        mx={-6}
      >
        <div style={{ height: rows.length * ROW, position: 'relative' }} role="group" aria-label={title}>
          {rows.slice(first, last).map(({ key, code, title: name, color, count }, i) => {
            const now = counts?.[key === null ? entries.length : code] ?? count;
            return (
              <Group
                key={key ?? '\u0000'}
                gap={0}
                data-off={isOn(key) ? undefined : ''}
                className={styles.legendRow}
                wrap="nowrap"
                style={{
                  position: 'absolute',
                  top: 0,
                  left: 0,
                  right: 0,
                  height: ROW,
                  transform: `translateY(${(first + i) * ROW}px)`,
                }}
              >
                {onTint !== undefined && key !== null && (
                  <Tint
                    name={name}
                    color={color}
                    onTint={(tint) => {
                      onTint(key, tint);
                    }}
                  />
                )}
                <button
                  type="button"
                  className={styles.entry}
                  aria-pressed={isOn(key)}
                  onClick={toggle(key)}
                  title={`${name}: ${countText(count)}. Click: only this one. Ctrl + click: on or off.`}
                >
                  {(onTint === undefined || key === null) && (
                    <span className={styles.swatch} style={{ background: color, color }} />
                  )}
                  <span className={styles.name}>{name}</span>
                  <span className={styles.count}>
                    {now === count ? countText(count) : `${countText(now)} of ${countText(count)}`}
                  </span>
                </button>
              </Group>
            );
          })}
        </div>
      </ScrollArea.Autosize>
      {rows.length === 0 && (
        <Text size="xs" c="dimmed">
          No name contains “{typed}”.
        </Text>
      )}
    </Stack>
  );
});

function Tint({ name, color, onTint }: { name: string; color: string; onTint: (color: string) => void }) {
  return (
    <Popover position="right-start" withArrow shadow="md" trapFocus>
      <Popover.Target>
        <UnstyledButton
          aria-label={`Color of ${name}`}
          title="Choose a color"
          w={24}
          h={ROW}
          style={{ display: 'grid', placeItems: 'center', flex: 'none' }}
        >
          <span className={styles.swatch} style={{ background: color }} />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Suspense fallback={<div style={{ width: 200, height: 180 }} />}>
          <TintPicker color={color} onTint={onTint} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The title of points without a code; older slices than the newest ones have no code. */
const missingTitle = ({ name, names }: CodeColumn): string =>
  name !== SLICE ? 'no value' : names.length < MAX_SLICES ? 'in no slice' : 'in none of these slices';
