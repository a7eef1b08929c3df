import { Group, SegmentedControl, Select, Skeleton, Stack, Text } from '@mantine/core';
import { memo, useMemo } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import { colorAt, type ColorEncoding, MISSING } from '../encoding/color-encoding.js';
import { CodeLegendView } from './code-legend.view.js';
import { type Column, columnTitle, isLogarithmic } from '../points/column.js';
import { type ColumnOption, groupColumns } from '../points/column-catalog.js';
import type { Filter } from '../selection/filters.js';
import type { ScaleKind } from '../../../parts/scales/number-scale.js';
import { RangeLegendView } from './range-legend.view.js';
import { CONTINUOUS_SCALES, type ContinuousScale } from '../../../parts/scales/scales.js';

export interface LegendProps {
  readonly column: Column;
  readonly encoding: ColorEncoding;
  /** Over what a scale of numbers reaches, in words; empty when it goes without saying. */
  readonly note: string;
  /** Whether the map shows density, in which no color is seen. */
  readonly isMuted?: boolean | undefined;
  readonly filters: readonly Filter[];
  readonly shown: BitMask | undefined;
  readonly onFilters: (filters: readonly Filter[], done: boolean) => void;
  readonly onTint?: ((name: string, color: string) => void) | undefined;
}

/** The legend of a column, which filters. */
export const LegendView = memo(function LegendView({
  column,
  encoding,
  note,
  filters,
  shown,
  onFilters,
  onTint,
}: LegendProps) {
  const title = columnTitle(column.name);
  const filter = filters.find((f) => f.column === column.name);
  const toColor = useMemo(
    () => (share: number) => colorAt(encoding.palette, Math.round(share * (MISSING - 1))),
    [encoding],
  );
  const missingColor = colorAt(encoding.palette, MISSING);
  const { legend } = encoding;
  if (column.kind === 'number' && legend.kind === 'number') {
    return (
      <RangeLegendView
        column={column}
        title={title}
        scale={legend.scale}
        extent={legend.domain}
        note={note}
        toColor={toColor}
        missingColor={missingColor}
        shown={shown}
        filter={filter?.kind === 'range' ? filter : undefined}
        onFilter={(next, done) => {
          const others = filters.filter((f) => f.column !== column.name);
          onFilters(next === undefined ? others : [...others, next], done);
        }}
      />
    );
  }
  if (column.kind !== 'code' || legend.kind !== 'code') return null;
  return (
    <CodeLegendView
      column={column}
      title={title}
      entries={legend.entries}
      missing={legend.missing}
      missingColor={missingColor}
      shown={shown}
      filters={filters}
      onTint={onTint}
      filter={filter?.kind === 'codes' ? filter : undefined}
      onFilters={(next) => {
        onFilters(next, true);
      }}
    />
  );
});

export interface ColorPanelProps {
  readonly options: readonly ColumnOption[];
  readonly color: string;
  readonly scale: ScaleKind | undefined;
  readonly palette: ContinuousScale;
  readonly legend: Omit<LegendProps, 'onTint'> | undefined;
  /** Whether there is a map, whose legend comes. */
  readonly isComing: boolean;
  /** How many epochs there are to compare. */
  readonly epochs: number;
  readonly onTint: (name: string, color: string) => void;
  readonly onColor: (column: string) => void;
  readonly onScale: (scale: ScaleKind) => void;
  readonly onPalette: (palette: ContinuousScale) => void;
}

/** Height of a legend of numbers, and of the note below it. */
const RANGE_LEGEND_PX = 134;
const NOTE_PX = 16;

/** Chooses what the color says, and shows what it says. */
export const ColorPanelView = memo(function ColorPanelView({
  options,
  color,
  scale,
  palette,
  legend,
  isComing,
  epochs,
  onTint,
  onColor,
  onScale,
  onPalette,
}: ColorPanelProps) {
  const isNumber = options.find(({ name }) => name === color)?.isNumber === true;
  return (
    <Stack gap={8}>
      <Select
        size="xs"
        aria-label="Color by"
        data={groupColumns(options, [{ value: 'none', label: 'None (single color)' }])}
        value={color}
        allowDeselect={false}
        searchable={options.length > 12}
        maxDropdownHeight={420}
        checkIconPosition="right"
        onChange={(name) => {
          if (name !== null) onColor(name);
        }}
      />
      {isNumber && (
        <Group gap={6} wrap="nowrap">
          <SegmentedControl
            size="xs"
            aria-label="Color scale"
            data={[
              { value: 'log', label: 'log' },
              { value: 'linear', label: 'linear' },
            ]}
            value={scale ?? (isLogarithmic(color) ? 'log' : 'linear')}
            onChange={(kind) => {
              onScale(kind);
            }}
          />
          <Select
            size="xs"
            flex={1}
            aria-label="Colors"
            data={[...CONTINUOUS_SCALES]}
            value={palette}
            allowDeselect={false}
            onChange={(name) => {
              if (name !== null) onPalette(name);
            }}
          />
        </Group>
      )}
      {legend !== undefined ? (
        <>
          {legend.isMuted === true && (
            <Text size="xs" role="note">
              The map shows how many dots lie where, not their colors. Press D for dots.
            </Text>
          )}
          <div style={legend.isMuted === true ? { filter: 'grayscale(1)' } : {}}>
            <LegendView {...legend} onTint={onTint} />
          </div>
        </>
      ) : (
        isNumber &&
        isComing && (
          <Skeleton
            h={RANGE_LEGEND_PX + (epochs > 1 ? NOTE_PX : 0)}
            role="status"
            aria-busy="true"
            aria-label="Loading the legend"
          />
        )
      )}
    </Stack>
  );
});
