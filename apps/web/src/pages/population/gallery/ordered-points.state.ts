import { useEffect, useState } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import type { PointOrder } from '../points/point-cache.js';
import { orderPoints } from './gallery-source.js';
import { whenIdle } from '../../../parts/when-idle.js';

interface Request {
  readonly order: PointOrder | undefined;
  readonly mask: BitMask | undefined;
  /** `undefined` for the order of the rows. */
  readonly column: Column | undefined;
  readonly isDescending: boolean;
}

interface OrderedPoints {
  readonly points: Uint32Array;
  /** Other for other points, the same for the first and for all of them. */
  readonly key: string;
  readonly isWhole: boolean;
}

/** Lets the page draw what it has. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      resolve();
    };
    port2.postMessage(undefined);
  });

/** How long the sort goes on before the page can draw, in milliseconds: two slices fit in a frame. */
const SLICE_MS = 8;
/** Longest wait for a quiet moment before the sort goes on, in milliseconds. */
const IDLE_MS = 300;

/** Lets the pictures of the first points go first. */
const untilIdle = (): Promise<void> =>
  new Promise((resolve) => {
    whenIdle(resolve, IDLE_MS);
  });

let sorts = 0;

/** Whether all points are known and these are the same, or their first: then the place in a list stays. */
function isUnchanged(before: OrderedPoints, { points, isWhole }: OrderedPoints): boolean {
  if (!before.isWhole || (isWhole && before.points.length !== points.length)) return false;
  return points.every((point, at) => point === before.points[at]);
}

/**
 * Points in an order, computed in steps. The previous points stay until the first of the next are known;
 * `isWhole` is true once all are.
 */
export function useOrderedPoints({ order, mask, column, isDescending }: Request) {
  const [sorted, setSorted] = useState<OrderedPoints>();
  useEffect(() => {
    if (order === undefined) return undefined;
    let isLeft = false;
    const work = async (): Promise<void> => {
      const steps = orderPoints(order, mask, column, isDescending);
      const key = String(sorts++);
      let isShown = false;
      for (let began = performance.now(); ; ) {
        const { done, value: points } = steps.next();
        if (points !== undefined) {
          const next = { points, key, isWhole: done === true };
          setSorted((before) => (before && isUnchanged(before, next) ? before : next));
          isShown = true;
        }
        if (done === true) return;
        if (points === undefined && performance.now() - began < SLICE_MS) continue;
        await (isShown ? untilIdle() : pause());
        if (isLeft) return;
        began = performance.now();
      }
    };
    void work();
    return () => {
      isLeft = true;
    };
  }, [order, mask, column, isDescending]);
  return sorted;
}
