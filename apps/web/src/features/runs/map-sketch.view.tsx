import { Skeleton, useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { continuousColor } from '../../parts/scales/scales.js';
import { layOutSketch } from './map-sketch.js';
import { useMapSketch } from './newest-map.query.js';

/** Dots above which each is drawn smaller. */
const MANY = 3_000;

/** A small picture of a map, drawn from its dots; a high loss has the color of the map, and is large. */
export function MapSketchView({
  explorationId,
  hasLoss,
  width,
  height,
}: {
  explorationId: string;
  hasLoss: boolean;
  width: number;
  height: number;
}) {
  const sketch = useMapSketch(explorationId, hasLoss).data;
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
    for (const { x, y, rank } of dots) {
      const share = Math.max(0, rank);
      // The worst stand out by size and color, as on the map itself.
      const [red, green, blue] = continuousColor('viridis', share, scheme);
      context.fillStyle = rank < 0 ? 'rgb(128 128 128 / 60%)' : `rgb(${red} ${green} ${blue} / 80%)`;
      context.beginPath();
      context.arc(x, y, shrunk * (small + (share > 0.97 ? 1.6 : 0)), 0, 2 * Math.PI);
      context.fill();
    }
  }, [sketch, scheme, width, height]);
  return sketch === undefined ? (
    <Skeleton h={height} w="100%" aria-busy="true" />
  ) : (
    <canvas ref={canvas} style={{ width: '100%', aspectRatio: `${width} / ${height}` }} aria-hidden />
  );
}
