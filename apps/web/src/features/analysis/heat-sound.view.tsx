import { Text } from '@mantine/core';
import type { StoredAudio } from '@noema/integration/visuals';
import { useLayoutEffect, useRef } from 'react';
import { AudioView } from '../sample/visuals/audio.view.js';
import { type HeatMapColors, heatPixels } from './heat-colors.js';
import { transposeHeat } from './heat-positions.js';
import styles from './heat-series.module.css';
import type { HeatValues } from './heat-values.js';

/** A sound does not say which part of it is the input. */
const SAME_TIME = 'The input and the sound above have one time where they are of one length.';

/**
 * Heat on the time of a sound, behind its wave; heat by time and frequency below its spectrogram, which has another
 * scale of frequencies.
 */
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
  const [width = 1, height = 1] = data.dims;
  if (height === 1)
    return (
      <div>
        <AudioView sound={sound} behind={<HeatCanvas data={data} colors={colors} opacity={opacity} />} />
        <Text size="xs" c="dimmed" mt={4}>
          The colors behind the wave are the heat by time, in {width} steps.
          {width !== sound.channels[0]?.length && ` ${SAME_TIME}`}
        </Text>
      </div>
    );
  return (
    <div>
      <AudioView sound={sound} />
      <HeatCanvas data={data} colors={colors} opacity={opacity} className={styles.sound} />
      <Text size="xs" c="dimmed" mt={4}>
        The input by time from left to right ({width}), and by frequency from below ({height}). {SAME_TIME}
      </Text>
    </div>
  );
}

function HeatCanvas({
  data,
  colors,
  opacity,
  className,
}: {
  data: HeatValues;
  colors: HeatMapColors;
  opacity: number;
  className?: string | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width = 1, height = 1] = data.dims;
  useLayoutEffect(() => {
    const pixels = heatPixels(transposeHeat(data), colors);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [data, colors, width, height]);
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      className={className}
      style={{ opacity }}
      role="img"
      aria-label={height === 1 ? 'Heat by time' : 'Heat by time and frequency'}
    />
  );
}
