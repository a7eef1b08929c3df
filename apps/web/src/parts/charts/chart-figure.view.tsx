import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { ECharts } from 'echarts/core';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { counted } from '../numbers.js';
import { type ChartProps, listGroups, listSeries } from './chart.js';
import { chartLook, seriesColors } from './chart-look.js';
import classes from './charts.module.css';
import type { TextKind } from './drawings/drawing-registry.js';
import { DRAWINGS } from './drawings/drawing-registry.js';
import type { Drawing } from './drawings/drawing.js';
import { createChart } from './drawings/echarts.js';
import { MarkMoves } from './mark-moves.js';
import { describeMark, speakMark } from './mark-text.js';
import { MarkTooltipView } from './mark-tooltip.view.js';

/** Pixels within which the pointer chooses a point. */
const REACH = 48;

/** A chart whose marks are chosen by pointer, or by the arrow keys and Enter. */
export function ChartFigureView({ spec, data: given, onPick, height = 260 }: ChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const ground = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const data = useMemo(() => given.filter(({ value }) => Number.isFinite(value)), [given]);
  // A mark is chosen in its data alone: new ones begin without a chosen mark.
  const [choice, setChoice] = useState<{ readonly data: typeof data; readonly mark: number | undefined }>();
  const active = choice?.data === data ? choice.mark : undefined;
  const setActive = (mark: number | undefined): void => {
    setChoice({ data, mark });
  };
  const moves = useMemo(() => new MarkMoves(data, spec.x.order), [data, spec.x.order]);
  const drawing = useMemo((): Drawing | undefined => {
    if (width === 0) return undefined;
    const names = spec.kind === 'donut' ? listGroups(data) : listSeries(data);
    return DRAWINGS[spec.kind as Exclude<typeof spec.kind, TextKind>]({
      spec,
      data,
      look: chartLook(ground),
      width,
      height,
      color: seriesColors(spec, names, ground),
    });
  }, [spec, data, ground, width, height]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || drawing === undefined) return;
    chart.current ??= createChart(element);
    chart.current.resize({ width, height });
    chart.current.setOption(drawing.option, { notMerge: true });
    // On paper, where nothing is drawn again, the drawing shrinks with its frame.
    element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }, [drawing, width, height]);
  useEffect(
    () => () => {
      chart.current?.dispose();
      chart.current = undefined;
    },
    [],
  );

  const pixelAt = (mark: number): readonly [number, number] | undefined => {
    if (drawing === undefined || chart.current === undefined || data[mark] === undefined) return undefined;
    const place = drawing.place(mark);
    if ('pixel' in place) return place.pixel;
    const { x, y, shift = 0 } = place;
    const [left = 0, top = 0] = chart.current.convertToPixel({ gridIndex: 0 }, [x, y]);
    return [shift === 0 ? left : left + shift * bandWidth(drawing, width), top];
  };
  const nearest = (x: number, y: number): number | undefined => {
    let [best, distance] = [undefined as number | undefined, REACH];
    data.forEach((_, mark) => {
      const [left, top] = pixelAt(mark) ?? [Infinity, Infinity];
      const own = Math.hypot(left - x, top - y);
      if (own < distance) [best, distance] = [mark, own];
    });
    return best;
  };
  useEffect(() => {
    const now = chart.current;
    if (now === undefined || drawing === undefined || drawing.picksNearest) return undefined;
    const enter = ({ data: item }: { data?: unknown }): void => {
      setChoice({ data, mark: (item as { mark?: number } | undefined)?.mark });
    };
    const leave = (): void => {
      setChoice(undefined);
    };
    now.on('mouseover', enter);
    now.on('mouseout', leave);
    return () => {
      now.off('mouseover', enter);
      now.off('mouseout', leave);
    };
  }, [drawing, data]);

  const point = (event: PointerEvent<HTMLDivElement>): void => {
    if (drawing?.picksNearest !== true) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    setActive(nearest(event.clientX - left, event.clientY - top));
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setActive(undefined);
    if (event.key === 'Enter' && active !== undefined) onPick?.(data[active]!);
    const next = moves.next(event.key, active);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
  };
  const at = active === undefined ? undefined : pixelAt(active);
  const text =
    active === undefined || data[active] === undefined ? undefined : describeMark(spec, data[active]);
  const enter = onPick === undefined ? '' : '; Enter or a click chooses one';
  return (
    <div
      ref={ref}
      className={classes.frame}
      style={{ height }}
      role="application"
      tabIndex={0}
      data-picks={onPick !== undefined && active !== undefined}
      aria-label={`${spec.title}, ${counted(data.length, 'mark')}; the arrow keys move over them${enter}`}
      onPointerMove={point}
      onPointerLeave={() => {
        setActive(undefined);
      }}
      onClick={() => {
        if (active !== undefined && data[active] !== undefined) onPick?.(data[active]);
      }}
      onKeyDown={move}
      onBlur={() => {
        setActive(undefined);
      }}
    >
      <div ref={canvas} className={classes.canvas} aria-hidden="true" />
      {at !== undefined && text !== undefined && (
        <>
          <div className={classes.ring} style={{ left: at[0], top: at[1] }} />
          <MarkTooltipView text={text} at={at} size={{ width, height }} />
        </>
      )}
      <span className="visually-hidden" aria-live="polite">
        {text === undefined ? '' : speakMark(text)}
      </span>
    </div>
  );
}

/** Pixels of one group along x. */
function bandWidth({ option }: Drawing, width: number): number {
  const { grid, xAxis } = option as {
    grid: { left: number; right: number };
    xAxis: { data?: readonly string[] };
  };
  return (width - grid.left - grid.right) / Math.max(1, xAxis.data?.length ?? 1);
}
