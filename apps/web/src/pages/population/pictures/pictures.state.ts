import type { Scatterplot } from '@noema/scatterplot';
import { startTransition, useEffect, useEffectEvent, useState } from 'react';
import type { Pictures } from './placed-pictures.js';

/** How long the map rests before its pictures are chosen anew, in milliseconds. */
const REST_MS = 140;
/** Work between two frames. */
const SLICE_MS = 5;
const NONE: Pictures = { size: 0, pictures: [], of: 0 };

/**
 * The pictures of a view: chosen anew whenever the map has come to rest, in slices of a few milliseconds, and
 * never while it moves.
 */
export function usePictures(
  plot: Scatterplot,
  choose: (() => Generator<undefined, Pictures, void>) | undefined,
): Pictures {
  const [pictures, setPictures] = useState(NONE);
  const put = useEffectEvent((next: Pictures) => {
    startTransition(() => {
      setPictures(next);
    });
  });
  useEffect(() => {
    if (choose === undefined) {
      put(NONE);
      return undefined;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    let work: Generator<undefined, Pictures, void> | undefined;
    let seen = '';
    const advance = (): void => {
      const end = performance.now() + SLICE_MS;
      while (work !== undefined && performance.now() < end) {
        const { done, value } = work.next();
        if (done !== true) continue;
        work = undefined;
        put(value);
      }
      if (work !== undefined) timer = setTimeout(advance);
    };
    const begin = (): void => {
      work = choose();
      advance();
    };
    const follow = (): void => {
      const view = describeView(plot);
      if (view === seen) return;
      seen = view;
      work = undefined;
      clearTimeout(timer);
      timer = setTimeout(begin, REST_MS);
    };
    follow();
    const off = plot.on('frame', follow);
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [plot, choose]);
  return pictures;
}

/** Text that differs between views of a map. */
function describeView(plot: Scatterplot): string {
  const [a, b] = [plot.project({ x: 0, y: 0, z: 0 }), plot.project({ x: 1, y: 1, z: 1 })];
  return `${a.x} ${a.y} ${b.x} ${b.y} ${plot.count}`;
}
