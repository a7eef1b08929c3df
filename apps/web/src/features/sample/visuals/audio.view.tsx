import type { StoredAudio } from '@noema/integration/visuals';
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react';
import { digits, value } from '../../../parts/numbers.js';
import { continuousColor } from '../../../parts/scales/scales.js';
import styles from './audio.module.css';
import { useSoundPlayer } from './sound-player.js';
import { computeSpectrogram, RANGE_DB } from './spectrogram.js';

/** Columns of a wave, and its height. */
const [COLUMNS, HEIGHT] = [600, 100];

/**
 * The wave and spectrogram of a sound, and a button that plays it from any moment. `behind` fills the ground of the
 * wave.
 */
export function AudioView({ sound, behind }: { sound: StoredAudio; behind?: ReactNode }) {
  const { seconds, position, isPlaying, toggle, seek } = useSoundPlayer(sound);
  const { channels, sampleRate } = sound;
  const head = seconds === 0 ? 0 : (100 * position) / seconds;
  return (
    <div>
      <div className={styles.panels}>
        {channels.map((channel, at) => (
          <div key={at} className={styles.ground} data-heat={behind !== undefined}>
            {behind}
            <svg
              className={styles.wave}
              viewBox={`0 0 ${COLUMNS} ${HEIGHT}`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`Wave of ${channels.length > 1 ? `channel ${at + 1}, ` : ''}${value(seconds)} s`}
            >
              <path d={formatWave(channel)} />
            </svg>
          </div>
        ))}
        <SpectrogramView samples={channels[0] ?? new Float32Array(0)} sampleRate={sampleRate} />
        <span aria-hidden className={styles.head} style={{ left: `${head}%` }} />
      </div>
      <div className={styles.controls}>
        <button
          type="button"
          className={styles.play}
          aria-label={isPlaying ? 'Pause' : 'Play'}
          onClick={toggle}
        >
          <svg width={14} height={14} viewBox="0 0 14 14" fill="currentColor" aria-hidden>
            <path d={isPlaying ? 'M2,1h3.5v12H2zM8.5,1H12v12H8.5z' : 'M2.5,1L13,7L2.5,13z'} />
          </svg>
        </button>
        <input
          type="range"
          aria-label="Moment of the sound"
          aria-valuetext={`${digits(position, 3)} s`}
          min={0}
          max={seconds}
          step={seconds / 1000 || 1}
          value={position}
          onChange={({ currentTarget }) => {
            seek(Number(currentTarget.value));
          }}
        />
        <span className={styles.length}>
          {digits(seconds, 3)} s · {value(sampleRate)} Hz
        </span>
      </div>
    </div>
  );
}

/** Loudness by time, from left to right, and frequency, from below. */
function SpectrogramView({ samples, sampleRate }: { samples: Float32Array; sampleRate: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const spectrogram = useMemo(() => computeSpectrogram(samples), [samples]);
  const { columns, rows } = spectrogram;
  useLayoutEffect(() => {
    const pixels = new Uint8ClampedArray(4 * columns * rows);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const share = 1 + spectrogram.decibels[column * rows + row]! / RANGE_DB;
        pixels.set(
          [...continuousColor('magma', share, 'dark'), 255],
          4 * ((rows - 1 - row) * columns + column),
        );
      }
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  }, [spectrogram, columns, rows]);
  return (
    <div className={styles.spectrogram}>
      <canvas
        ref={canvas}
        width={columns}
        height={rows}
        role="img"
        aria-label={`Spectrogram from 0 to ${value(sampleRate / 2)} Hz`}
      />
      <span aria-hidden className={styles.top}>
        {value(sampleRate / 2)} Hz
      </span>
      <span aria-hidden className={styles.bottom}>
        0 Hz
      </span>
    </div>
  );
}

/** The least and greatest sample of each column, as the data of an SVG path. */
function formatWave(samples: Float32Array): string {
  const y = (level: number): string => ((HEIGHT * (1 - level)) / 2).toFixed(1);
  return Array.from({ length: COLUMNS }, (_, x) => {
    const from = Math.floor((x * samples.length) / COLUMNS);
    const to = Math.floor(((x + 1) * samples.length) / COLUMNS);
    let [low, high] = [1, -1];
    for (const level of samples.subarray(from, Math.max(from + 1, to))) {
      low = Math.min(low, level);
      high = Math.max(high, level);
    }
    return low > high ? '' : `M${x},${y(high)}V${y(low - 0.01)}`;
  }).join('');
}
