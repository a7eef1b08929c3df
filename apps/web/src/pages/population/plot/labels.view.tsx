import type { Scatterplot } from '@noema/scatterplot';
import { useEffect, useRef } from 'react';
import { type BitMask, countBits, hasBit } from '../points/bit-mask.js';
import type { ClassLabel } from './class-labels.state.js';
import type { Column } from '../points/column.js';
import { besideDots, DotGrid, type LabelBox, placeLabels } from './label-boxes.js';
import styles from '../style/population.module.css';

const HEIGHT = 20;
/** How long the map rests before names step aside from dots, in milliseconds. */
const REST_MS = 150;
/** Dots looked at for it. */
const MAX_DOTS = 20_000;

export interface LabelsProps {
  readonly plot: Scatterplot;
  readonly labels: readonly ClassLabel[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly shown: BitMask | undefined;
}

/**
 * Names at their clusters; they follow the camera without a render of the page, none covers another, and at
 * rest they step aside from the few dots that a filter has left.
 */
export function LabelsView({ plot, labels, columns, shown }: LabelsProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [x, y, z] = ['x', 'y', 'z'].map((name) => {
    const axis = columns.get(name);
    return axis?.kind === 'number' ? axis.values : undefined;
  });
  useEffect(() => {
    const box = frame.current;
    if (box === null) return undefined;
    const names = [...box.children] as HTMLElement[];
    const widths = names.map((name) => name.offsetWidth);
    let offsets: readonly (readonly [number, number])[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const toBox = (at: number, [dx, dy]: readonly [number, number]): LabelBox => {
      const label = labels[at]!;
      const middle = plot.project(label);
      return {
        code: label.code,
        left: middle.x - widths[at]! / 2 + dx,
        top: middle.y - HEIGHT / 2 + dy,
        width: widths[at]!,
        height: HEIGHT,
      };
    };
    const place = (): void => {
      const boxes = labels.map((_, at) => toBox(at, offsets[at] ?? [0, 0]));
      const placed = new Map(
        placeLabels(boxes, box.clientWidth, box.clientHeight).map((one) => [one.code, one]),
      );
      labels.forEach(({ code }, at) => {
        const one = placed.get(code);
        const { style } = names[at]!;
        style.visibility = one === undefined ? 'hidden' : 'visible';
        if (one !== undefined) style.transform = `translate(${one.left}px, ${one.top}px)`;
      });
    };
    const stepAside = (): void => {
      if (x === undefined || y === undefined || labels.length === 0) return;
      const dots = new DotGrid(box.clientWidth, box.clientHeight, projectPlaces(plot, { x, y, z, shown }));
      offsets = labels.map((_, at) =>
        besideDots(
          toBox(at, [0, 0]),
          dots,
          dots.places.length / 2 / labels.length,
          box.clientWidth,
          box.clientHeight,
        ),
      );
      place();
    };
    const follow = (): void => {
      place();
      clearTimeout(timer);
      timer = setTimeout(stepAside, REST_MS);
    };
    follow();
    const off = plot.on('frame', follow);
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [plot, labels, x, y, z, shown]);
  return (
    <div ref={frame} className={styles.labels} aria-hidden="true">
      {labels.map(({ code, name, isFaint }) => (
        <span
          key={code}
          className={styles.label}
          data-faint={isFaint ? '' : undefined}
          data-testid="cluster-label"
        >
          {name}
        </span>
      ))}
    </div>
  );
}

/** Where shown dots lie on the canvas, float32 [n, 2]; of many, a regular subset. */
function projectPlaces(
  plot: Scatterplot,
  {
    x,
    y,
    z,
    shown,
  }: {
    readonly x: Float32Array;
    readonly y: Float32Array;
    readonly z: Float32Array | undefined;
    readonly shown: BitMask | undefined;
  },
): Float32Array {
  const count = Math.min(plot.count, x.length);
  const total = shown === undefined ? count : countBits(shown);
  const step = Math.max(1, Math.ceil(total / MAX_DOTS));
  const places = new Float32Array(2 * Math.ceil(total / step));
  let length = 0;
  const stride = shown === undefined ? step : 1;
  for (let i = 0, passed = 0; i < count; i += stride) {
    if (shown !== undefined && (!hasBit(shown, i) || passed++ % step !== 0)) continue;
    const at = plot.project({ x: x[i]!, y: y[i]!, z: z?.[i] ?? 0 });
    places[length++] = at.x;
    places[length++] = at.y;
  }
  return places.subarray(0, length);
}
