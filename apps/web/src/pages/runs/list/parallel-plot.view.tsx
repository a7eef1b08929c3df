import { Paper, Text, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from 'react';
import type { RunRow } from '../../../features/runs/run-row.js';
import { counted } from '../../../parts/numbers.js';
import { continuousColor } from '../../../parts/scales/scales.js';
import { AxisHandlesView } from './axis-handles.view.js';
import { type RunAxis, speakRun } from './parallel-axes.js';
import type { Brush } from './parallel-brush.js';
import classes from './parallel-plot.module.css';

const [HEIGHT, TOP, BOTTOM, SIDE] = [320, 44, 18, 70];
/** Pixels between two axes at least. */
const GAP = 110;
/** Pixels within which the pointer chooses a line. */
const REACH = 14;

/** Runs as lines over parallel axes; a chosen part of an axis filters them. */
export function ParallelPlotView({
  axes,
  rows,
  shown,
  colorBy,
  brushes,
  onBrush,
  onOpen,
}: {
  axes: readonly RunAxis[];
  rows: readonly RunRow[];
  /** The rows that match all filters, in the order of the table. */
  shown: ReadonlySet<RunRow>;
  /** Key of the axis of the colors. */
  colorBy: string;
  brushes: ReadonlyMap<string, Brush>;
  onBrush: (axis: RunAxis, brush: Brush | undefined) => void;
  onOpen: (row: RunRow) => void;
}) {
  const { ref, width: room } = useElementSize<HTMLDivElement>();
  const ground = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [activeId, setActive] = useState<string>();
  const width = Math.max(room, 2 * SIDE + GAP * (axes.length - 1));
  const toX = (at: number): number => SIDE + (at * (width - 2 * SIDE)) / Math.max(1, axes.length - 1);
  const toY = (place: number): number => HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);
  const lines = useMemo(
    () => rows.map((row) => ({ row, places: axes.map((axis) => placeOn(axis, row)) })),
    [rows, axes],
  );
  const color = axes.find(({ key }) => key === colorBy);
  const stroke = (row: RunRow): string => {
    const place = color === undefined ? undefined : placeOn(color, row);
    return place === undefined
      ? 'var(--mantine-color-dimmed)'
      : `rgb(${continuousColor('viridis', place, ground).join(' ')})`;
  };
  const byRow = useMemo(() => new Map(lines.map((line) => [line.row, line])), [lines]);
  const matched = [...shown].flatMap((row) => byRow.get(row) ?? []);
  const active = matched.find(({ row }) => row.run.id === activeId);
  const path = (places: readonly (number | undefined)[]): string => {
    let isOpen = false;
    return places
      .map((place, at) => {
        if (place === undefined) {
          isOpen = false;
          return '';
        }
        const point = `${isOpen ? 'L' : 'M'}${toX(at).toFixed(1)} ${toY(place).toFixed(1)}`;
        // A point between two gaps has a short line of its own.
        const alone = !isOpen && places[at + 1] === undefined ? 'h0.01' : '';
        isOpen = true;
        return point + alone;
      })
      .join('');
  };
  const point = (event: PointerEvent<HTMLElement>): void => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    let [best, distance] = [undefined as string | undefined, REACH];
    for (const { row, places } of matched) {
      const own = Math.abs(heightAt(places, x, toX) - y);
      if (own < distance) [best, distance] = [row.run.id, own];
    }
    setActive(best);
  };
  function heightAt(
    places: readonly (number | undefined)[],
    x: number,
    at: (axis: number) => number,
  ): number {
    const next = Math.max(
      1,
      places.findIndex((_, axis) => at(axis) >= x),
    );
    const [from, to] = [places[next - 1], places[next]];
    if (from === undefined || to === undefined) return Infinity;
    const share = (x - at(next - 1)) / (at(next) - at(next - 1));
    return toY(from + share * (to - from));
  }
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && active !== undefined) onOpen(active.row);
    if (event.key === 'Escape') setActive(undefined);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined || matched.length === 0) return;
    event.preventDefault();
    const at = active === undefined ? (step > 0 ? -1 : 0) : matched.indexOf(active);
    setActive(matched[(at + step + matched.length) % matched.length]!.row.run.id);
  };
  return (
    <div ref={ref} className={classes.scroll} tabIndex={width > room ? 0 : -1}>
      <div className={classes.frame} style={{ width, height: HEIGHT }}>
        <div
          className={classes.lines}
          role="application"
          tabIndex={0}
          aria-roledescription="chart"
          aria-label={
            `${counted(matched.length, 'run')} as lines over ${counted(axes.length, 'axis', 'axes')}. ` +
            'Arrow keys choose a run; Enter opens it'
          }
          onPointerMove={point}
          onPointerLeave={() => {
            setActive(undefined);
          }}
          onClick={() => {
            if (active !== undefined) onOpen(active.row);
          }}
          onKeyDown={move}
          onBlur={() => {
            setActive(undefined);
          }}
        >
          <svg width={width} height={HEIGHT} aria-hidden="true">
            {lines.map(({ row, places }) =>
              shown.has(row) ? null : <path key={row.run.id} className={classes.left} d={path(places)} />,
            )}
            {matched.map(({ row, places }) => (
              <path key={row.run.id} className={classes.line} stroke={stroke(row)} d={path(places)} />
            ))}
            {active !== undefined && <path className={classes.active} d={path(active.places)} />}
            {axes.map((axis, at) => (
              <AxisView
                key={axis.key}
                axis={axis}
                x={toX(at)}
                toY={toY}
                room={(width - 2 * SIDE) / axes.length}
              />
            ))}
          </svg>
          <span className="visually-hidden" aria-live="polite">
            {active === undefined ? '' : speakRun(active.row, axes)}
          </span>
        </div>
        {axes.map((axis, at) => (
          <AxisHandlesView
            key={axis.key}
            axis={axis}
            x={toX(at)}
            toY={toY}
            brush={brushes.get(axis.key)}
            onBrush={(brush) => {
              onBrush(axis, brush);
            }}
          />
        ))}
        {active !== undefined && (
          <Paper withBorder shadow="sm" px="xs" py={4} className={classes.tip} style={{ left: 8, top: TOP }}>
            <Text size="xs" fw={600}>
              {active.row.run.displayName}
            </Text>
            {axes.map((axis) => {
              const value = axis.read(active.row);
              return (
                <Text key={axis.key} size="xs">
                  {axis.title}: {value === undefined ? 'not set' : axis.format(value)}
                </Text>
              );
            })}
          </Paper>
        )}
      </div>
    </div>
  );
}

function placeOn(axis: RunAxis, row: RunRow): number | undefined {
  const value = axis.read(row);
  return value === undefined ? undefined : axis.place(value);
}

/** A text of at most `most` characters: names that start alike, such as versions, differ at their end. */
const cutMiddle = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 4)}…${text.slice(-3)}` : text;

function AxisView({
  axis: { title, ticks, format, place },
  x,
  toY,
  room,
}: {
  axis: RunAxis;
  x: number;
  toY: (place: number) => number;
  /** Pixels of the texts of the axis. */
  room: number;
}) {
  const most = Math.max(6, Math.floor(room / 7));
  const cut = (text: string): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  return (
    <g>
      <text className={classes.text} x={x} y={16} textAnchor="middle" fontWeight={600}>
        <title>{title}</title>
        {cut(title)}
      </text>
      <line className={classes.axis} x1={x} x2={x} y1={toY(0)} y2={toY(1)} />
      {ticks.map((tick) => (
        <text key={tick} className={classes.value} x={x + 16} y={toY(place(tick)) + 4}>
          {cutMiddle(format(tick), most)}
        </text>
      ))}
    </g>
  );
}
