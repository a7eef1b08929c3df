import { Checkbox, Group, Text, TextInput } from '@mantine/core';
import { type KeyboardEvent, memo, type PointerEvent, useMemo, useRef } from 'react';
import { count as countText, value as numberText } from '../../../parts/numbers.js';
import type { BitMask } from '../points/bit-mask.js';
import type { NumberColumn } from '../points/column.js';
import type { RangeFilter } from '../selection/filters.js';
import { barHeights, assignBins, computeHistogram } from '../encoding/histogram.js';
import { computeTicks, type NumberScale } from '../../../parts/scales/number-scale.js';
import styles from '../style/population.module.css';
import type { Extent } from '../../../parts/scales/extent.js';

const BINS = 48;
/** Part of the scale that an arrow key moves an end by; with shift five times as much. */
const STEP = 0.01;

export interface RangeLegendProps {
  readonly column: NumberColumn;
  readonly title: string;
  readonly scale: NumberScale;
  /** The extent of the scale; a filter begins with its ends. */
  readonly extent: Extent;
  /** Over what the scale reaches, in words. */
  readonly note: string;
  /** Color of a place on the scale, as CSS. */
  readonly toColor: (share: number) => string;
  readonly missingColor: string;
  readonly filter: RangeFilter | undefined;
  readonly shown: BitMask | undefined;
  /** `done` is false while an end is still being dragged. */
  readonly onFilter: (filter: RangeFilter | undefined, done: boolean) => void;
}

/** A histogram that is its own legend: drag over it, or move its ends, to show only a range. */
export const RangeLegendView = memo(function RangeLegendView({
  column,
  title,
  scale,
  extent,
  note,
  toColor,
  missingColor,
  filter,
  shown,
  onFilter,
}: RangeLegendProps) {
  const binByPoint = useMemo(() => assignBins(column.values, scale, BINS), [column, scale]);
  const {
    all,
    shown: some,
    missing,
  } = useMemo(() => computeHistogram(binByPoint, BINS, shown), [binByPoint, shown]);
  const most = Math.max(1, ...all);
  const [heights, parts] = [barHeights(all, most), barHeights(some, most)];
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<{ from: number } | undefined>(undefined);
  const [low, high] = filter === undefined ? [0, 1] : [scale.share(filter.low), scale.share(filter.high)];
  const withMissing = filter?.missing ?? true;

  const apply = (from: number, to: number, done: boolean): void => {
    const [a, b] = [Math.max(0, Math.min(from, to)), Math.min(1, Math.max(from, to))];
    if (a <= 0 && b >= 1 && (withMissing || missing === 0)) onFilter(undefined, done);
    else
      onFilter(
        {
          kind: 'range',
          column: column.name,
          low: a <= 0 ? extent.low : scale.value(a),
          high: b >= 1 ? extent.high : scale.value(b),
          missing: filter?.missing ?? false,
        },
        done,
      );
  };
  const shareAt = (event: PointerEvent): number => {
    const { left, width } = box.current!.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width));
  };
  const down = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const at = shareAt(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { from: Math.abs(at - low) < 0.03 ? high : Math.abs(at - high) < 0.03 ? low : at };
  };
  const move = (event: PointerEvent): void => {
    const at = shareAt(event);
    if (drag.current !== undefined && Math.abs(at - drag.current.from) > 0.004)
      apply(drag.current.from, at, false);
  };
  const up = (event: PointerEvent): void => {
    if (drag.current === undefined) return;
    const at = shareAt(event);
    if (Math.abs(at - drag.current.from) > 0.004) apply(drag.current.from, at, true);
    drag.current = undefined;
  };
  const key =
    (end: 'low' | 'high') =>
    (event: KeyboardEvent): void => {
      const step = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, Home: -1, End: 1 }[
        event.key
      ];
      if (step === undefined) return;
      event.preventDefault();
      const by = event.shiftKey ? step * 5 : step;
      if (end === 'low') apply(Math.min(high, low + by), high, true);
      else apply(low, Math.max(low, high + by), true);
    };
  const handle = (end: 'low' | 'high', at: number, number: number) => (
    <div
      className={styles.handle}
      style={{ left: `${at * 100}%` }}
      role="slider"
      tabIndex={0}
      aria-label={`${end === 'low' ? 'Lowest' : 'Highest'} ${title} shown`}
      onKeyDown={key(end)}
      aria-valuemin={decimal(extent.low)}
      aria-valuemax={decimal(extent.high)}
      aria-valuenow={decimal(number)}
      aria-valuetext={numberText(number)}
    />
  );
  const ends = [filter?.low ?? extent.low, filter?.high ?? extent.high] as const;
  const typed = (low: number, high: number): void => {
    if (low <= extent.low && high >= extent.high) onFilter(undefined, true);
    else
      onFilter(
        {
          kind: 'range',
          column: column.name,
          low: Math.min(low, high),
          high: Math.max(low, high),
          missing: filter?.missing ?? false,
        },
        true,
      );
  };
  const field = (label: string, value: number, commit: (value: number) => void) => (
    <TextInput
      key={`${label} ${value}`}
      size="xs"
      aria-label={`${label} ${title}`}
      defaultValue={String(Number(value.toPrecision(4)))}
      inputMode="decimal"
      flex={1}
      miw={0}
      onBlur={(event) => {
        const text = event.currentTarget.value.trim();
        const number = Number(text);
        if (text !== '' && Number.isFinite(number) && number !== Number(value.toPrecision(4))) commit(number);
        else event.currentTarget.value = String(Number(value.toPrecision(4)));
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
  if (missing > 0 && missing === column.values.length)
    return (
      <Group gap={8} wrap="nowrap">
        <span className={styles.swatch} style={{ background: missingColor }} />
        <Text size="xs">no value ({countText(missing)})</Text>
      </Group>
    );
  return (
    <div>
      <div
        ref={box}
        className={styles.brush}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onDoubleClick={() => {
          onFilter(undefined, true);
        }}
        role="group"
        aria-label={`Histogram of ${title}`}
      >
        <svg viewBox={`0 0 ${BINS} 1`} preserveAspectRatio="none" aria-hidden="true">
          {heights.map((height, i) => (
            <rect
              key={i}
              x={i + 0.06}
              width={0.88}
              y={1 - height}
              height={height}
              fill="currentColor"
              opacity={0.13}
            />
          ))}
          {parts.map((height, i) => (
            <rect
              key={i}
              x={i + 0.06}
              width={0.88}
              y={1 - height}
              height={height}
              fill={toColor((i + 0.5) / BINS)}
              opacity={(i + 0.5) / BINS < low || (i + 0.5) / BINS > high ? 0.2 : 1}
            />
          ))}
        </svg>
        {handle('low', low, ends[0])}
        {handle('high', high, ends[1])}
      </div>
      <div
        className={styles.ramp}
        style={{
          background:
            'linear-gradient(to right, ' +
            `${Array.from({ length: 13 }, (_, i) => toColor(i / 12)).join(', ')})`,
          marginTop: 3,
        }}
      />
      <div className={styles.ticks} aria-hidden="true">
        {computeTicks(scale, 4).map(({ share, text }) => (
          <span key={text} style={{ left: `${Math.max(4, Math.min(95, share * 100))}%` }}>
            {text}
          </span>
        ))}
      </div>
      {note !== '' && (
        <Text size="xs" c="dimmed" mt={2}>
          {note}
        </Text>
      )}
      <Group gap={6} mt={4} wrap="nowrap">
        {field('Lowest', ends[0], (value) => {
          typed(value, ends[1]);
        })}
        <Text size="xs" c="dimmed">
          to
        </Text>
        {field('Highest', ends[1], (value) => {
          typed(ends[0], value);
        })}
      </Group>
      {missing > 0 && (
        <Group gap={8} mt={6} wrap="nowrap">
          <span className={styles.swatch} style={{ background: missingColor }} />
          <Checkbox
            size="xs"
            label={`no value (${countText(missing)})`}
            checked={withMissing}
            onChange={(event) => {
              onFilter(
                {
                  kind: 'range',
                  column: column.name,
                  low: ends[0],
                  high: ends[1],
                  missing: event.currentTarget.checked,
                },
                true,
              );
            }}
          />
        </Group>
      )}
    </div>
  );
});

/** Without a power of ten, which attributes of ARIA may not have; `aria-valuetext` has all digits. */
const decimal = (number: number): number => Number(number.toFixed(6));
