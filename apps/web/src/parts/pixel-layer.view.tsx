import { useLayoutEffect, useRef } from 'react';
import styles from './pixel-layer.module.css';

/** Pixels [height, width, 4] uint8, row-major RGBA, that cover a picture. */
export function PixelLayerView({
  pixels,
  width,
  height,
  opacity,
  isSmooth = true,
}: {
  pixels: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
  opacity: number;
  /** Whether pixels blend into each other where they are enlarged. */
  isSmooth?: boolean;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      aria-hidden
      className={`${styles['layer']}${isSmooth ? '' : ' pixelated'}`}
      style={{ opacity }}
    />
  );
}
