import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { RunAxis } from './parallel-axes.js';
import type { Brush } from './parallel-brush.js';
import classes from './parallel-plot.module.css';

/** Share of an axis of numbers that a key moves an end by, and a key for larger steps. */
const [STEP, LARGE] = [0.02, 0.1];
/** Pixels below which a drag is a click. */
const CLICK = 4;

/** The chosen part of one axis: dragged with the pointer, or moved at both ends with the keyboard. */
export function AxisHandlesView({
  axis,
  x,
  toY,
  brush,
  onBrush,
}: {
  axis: RunAxis;
  x: number;
  toY: (place: number) => number;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
}) {
  const track = useRef<HTMLDivElement>(null);
  const [start, setStart] = useState<{ readonly fixed: number; readonly y: number }>();
  const [dragged, setDragged] = useState<Brush>();
  const { low, high } = dragged ?? brush ?? { low: axis.low, high: axis.high };
  const [top, bottom] = [toY(1), toY(0)];
  const valueOn = (event: PointerEvent): number => {
    const box = track.current!.getBoundingClientRect();
    return axis.valueAt(1 - (event.clientY - box.top) / box.height);
  };
  const order = (one: number, other: number): Brush => ({
    low: Math.min(one, other),
    high: Math.max(one, other),
  });
  /** Starts a drag: `fixed` is the end that stays. */
  const begin = (event: PointerEvent<HTMLElement>, fixed: number): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setStart({ fixed, y: event.clientY });
  };
  const drag = (event: PointerEvent<HTMLElement>): void => {
    if (start !== undefined) setDragged(order(start.fixed, valueOn(event)));
  };
  const cancel = (): void => {
    setStart(undefined);
    setDragged(undefined);
  };
  const end = (event: PointerEvent<HTMLElement>): void => {
    if (start === undefined) return;
    const isClick = Math.abs(event.clientY - start.y) < CLICK;
    onBrush(isClick ? undefined : order(start.fixed, valueOn(event)));
    cancel();
  };
  const step = (value: number, by: number): number => {
    if (axis.names !== undefined) return Math.min(axis.high, Math.max(axis.low, value + Math.sign(by)));
    return axis.valueAt(axis.place(value) + by);
  };
  const handles = [
    { name: 'Lowest', value: low, put: (value: number) => order(Math.min(value, high), high), other: high },
    { name: 'Highest', value: high, put: (value: number) => order(low, Math.max(value, low)), other: low },
  ];
  const move = (event: KeyboardEvent, value: number, put: (value: number) => Brush): void => {
    const keys: Readonly<Record<string, number>> = {
      ArrowUp: step(value, STEP),
      ArrowRight: step(value, STEP),
      ArrowDown: step(value, -STEP),
      ArrowLeft: step(value, -STEP),
      PageUp: step(value, LARGE),
      PageDown: step(value, -LARGE),
      Home: axis.low,
      End: axis.high,
    };
    const next = keys[event.key];
    if (event.key === 'Escape') onBrush(undefined);
    if (next === undefined) return;
    event.preventDefault();
    onBrush(put(next));
  };
  return (
    <>
      <div
        ref={track}
        className={classes.track}
        style={{ left: x, top, height: bottom - top }}
        onPointerDown={(event) => {
          begin(event, valueOn(event));
        }}
        onPointerMove={drag}
        onPointerUp={end}
        onPointerCancel={cancel}
      />
      {(brush ?? dragged) !== undefined && (
        <div
          className={classes.brush}
          style={{
            left: x,
            top: toY(axis.place(high)),
            height: toY(axis.place(low)) - toY(axis.place(high)),
          }}
        />
      )}
      {handles.map(({ name, value, put, other }) => (
        <div
          key={name}
          className={classes.handle}
          style={{ left: x, top: toY(axis.place(value)) }}
          role="slider"
          tabIndex={0}
          aria-orientation="vertical"
          aria-label={`${name} ${axis.title}`}
          aria-valuemin={axis.low}
          aria-valuemax={axis.high}
          aria-valuenow={value}
          aria-valuetext={axis.format(value)}
          onPointerDown={(event) => {
            begin(event, other);
          }}
          onPointerMove={drag}
          onPointerUp={end}
          onPointerCancel={cancel}
          onKeyDown={(event) => {
            move(event, value, put);
          }}
        />
      ))}
    </>
  );
}
