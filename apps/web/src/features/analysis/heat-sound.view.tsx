import { Text } from '@mantine/core';
import type { StoredAudio } from '@noema/integration/visuals';
import { useLayoutEffect, useRef } from 'react';
import { AudioView } from '../sample/visuals/audio.view.js';
import { type HeatMapColors, heatPixels } from './heat-colors.js';
import { transposeHeat } from './heat-positions.js';
import styles from './heat-series.module.css';
import type { HeatValues } from './heat-values.js';

/** Heat on the time, and on the frequencies, of a sound: from left to right, and from below. */
export function HeatSoundView({
  sound,
  data,
  colors,
  opacity,
}: {
  sound: StoredAudio;
  data: HeatValues;
  colors: HeatMapColors;
  opacity: number;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width = 1, height = 1] = data.dims;
  useLayoutEffect(() => {
    const pixels = heatPixels(transposeHeat(data), colors);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [data, colors, width, height]);
  return (
    <div>
      <AudioView sound={sound} />
      <canvas
        ref={canvas}
        width={width}
        height={height}
        className={styles.sound}
        style={{ opacity, height: height === 1 ? 40 : 150 }}
        role="img"
        aria-label={height === 1 ? 'Heat by time' : 'Heat by time and frequency'}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {height === 1
          ? 'The time of the input from left to right.'
          : `The input by time from left to right (${width}), and by frequency from below (${height}).`}
      </Text>
    </div>
  );
}
