import type { StoredMask } from '@noema/integration/visuals';
import { useLayoutEffect, useRef } from 'react';
import styles from './annotations.module.css';
import { drawingSize, maskPixels } from './mask-pixels.js';
import type { AnnotationStyle } from './visual-drawing.js';

/** The areas of the masks, drawn with at most 1024 pixels a side. */
export function MaskView({ visual, style }: { visual: StoredMask; style: AnnotationStyle }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = drawingSize(visual);
  useLayoutEffect(() => {
    const shown = { ...visual, regions: visual.regions.filter((region) => style.isShown(region)) };
    canvas.current?.getContext('2d')?.putImageData(new ImageData(maskPixels(shown), width, height), 0, 0);
  }, [visual, style, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      aria-hidden
      className={styles.mask}
      style={{ opacity: style.opacity }}
    />
  );
}
