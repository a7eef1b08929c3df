import { Skeleton, useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { continuousColor } from '../../parts/scales/scales.js';
import { layOutSketch } from './map-sketch.js';
import { useMapSketch } from './newest-map.query.js';

/** Dots above which each is drawn smaller. */
const MANY = 3_000;
/** Colors between the lowest loss and the highest; of dots in this order each is set once. */
const LEVELS = 64;
/** Pixels below which a dot is drawn as a square: it looks the same, and takes a third of the time. */
const ROUND_PX = 1;
const NO_LOSS = 'rgb(128 128 128 / 60%)';

const lossStyle = (level: number, scheme: 'light' | 'dark'): string =>
  `rgb(${continuousColor('viridis', level / (LEVELS - 1), scheme).join(' ')} / 80%)`;

/**
 * A small picture of a map, drawn from its dots; a high loss has the color of the map, and is large. `failed` stands
 * where the dots cannot be loaded.
 */
export function MapSketchView({
  explorationId,
  hasLoss,
  width,
  height,
  failed,
}: {
  explorationId: string;
  hasLoss: boolean;
  width: number;
  height: number;
  failed: ReactNode;
}) {
  const { data: sketch, error } = useMapSketch(explorationId, hasLoss);
  const scheme = useComputedColorScheme('light');
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (sketch === undefined || context === null || context === undefined) return;
    const ratio = Math.min(2, window.devicePixelRatio);
    Object.assign(context.canvas, { width: width * ratio, height: height * ratio });
    context.scale(ratio, ratio);
    const dots = layOutSketch(sketch, { width, height });
    const shrunk = Math.max(0.35, Math.min(1, width / 240));
    const small = dots.length > MANY ? 0.8 : 1.4;
    let level = NaN;
    for (const { x, y, rank } of dots) {
      // The worst stand out by size and color, as on the map itself.
      const own = rank < 0 ? -1 : Math.round(rank * (LEVELS - 1));
      if (own !== level) context.fillStyle = own < 0 ? NO_LOSS : lossStyle(own, scheme);
      level = own;
      const radius = shrunk * (small + (rank > 0.97 ? 1.6 : 0));
      if (radius < ROUND_PX) context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
      else {
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fill();
      }
    }
  }, [sketch, scheme, width, height]);
  if (sketch === undefined && error !== null) return failed;
  return sketch === undefined ? (
    <Skeleton h={height} w="100%" aria-busy="true" />
  ) : (
    <canvas ref={canvas} style={{ width: '100%', aspectRatio: `${width} / ${height}` }} aria-hidden />
  );
}
