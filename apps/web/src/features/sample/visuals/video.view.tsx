import type { StoredVideo } from '@noema/integration/visuals';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { digits } from '../../../parts/numbers.js';
import styles from './video.module.css';

/** Frames of at most this size are shown as squares of pixels. */
const SMALL = 64;

/**
 * The frames of a video: a button that plays them, and a slider for any frame, which the arrow keys move by one. `tone`
 * colors each frame by a heat map below the slider.
 */
export function VideoView({
  video: { frameCount, columns, width, height, framesPerSecond },
  url,
  maxHeight,
  alt,
  tone,
}: {
  video: StoredVideo;
  /** Address of the picture with all frames. */
  url: string;
  maxHeight: number;
  alt: string;
  tone?: ((frame: number) => string) | undefined;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const sheet = useSheet(url);
  const [frame, setFrame] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context === null || context === undefined || sheet === undefined) return;
    const [left, top] = [(frame % columns) * width, Math.floor(frame / columns) * height];
    context.clearRect(0, 0, width, height);
    context.drawImage(sheet, left, top, width, height, 0, 0, width, height);
  }, [sheet, frame, columns, width, height]);
  useEffect(() => {
    if (!isPlaying) return undefined;
    const timer = setInterval(() => {
      setFrame((shown) => (shown + 1) % frameCount);
    }, 1000 / framesPerSecond);
    return () => {
      clearInterval(timer);
    };
  }, [isPlaying, frameCount, framesPerSecond]);
  const moment = `frame ${frame + 1} of ${frameCount}, ${digits(frame / framesPerSecond, 3)} s`;
  return (
    <div className={styles.video}>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`${alt}, ${moment}`}
        data-small={Math.max(width, height) <= SMALL ? true : undefined}
        style={{ aspectRatio: `${width} / ${height}`, maxHeight }}
      />
      <div className={styles.controls}>
        <button
          type="button"
          className={styles.play}
          aria-label={isPlaying ? 'Pause' : 'Play'}
          onClick={() => {
            setPlaying(!isPlaying);
          }}
        >
          <svg width={14} height={14} viewBox="0 0 14 14" fill="currentColor" aria-hidden>
            <path d={isPlaying ? 'M2,1h3.5v12H2zM8.5,1H12v12H8.5z' : 'M2.5,1L13,7L2.5,13z'} />
          </svg>
        </button>
        <div className={styles.scrub}>
          <input
            type="range"
            aria-label="Frame"
            aria-valuetext={moment}
            min={0}
            max={frameCount - 1}
            step={1}
            value={frame}
            onChange={({ currentTarget }) => {
              setPlaying(false);
              setFrame(Number(currentTarget.value));
            }}
          />
          {tone !== undefined && (
            <div className={styles.heat} aria-hidden>
              {Array.from({ length: frameCount }, (_, at) => (
                <i key={at} style={{ background: tone(at) }} data-shown={at === frame ? true : undefined} />
              ))}
            </div>
          )}
        </div>
        <span className={styles.moment}>{moment}</span>
      </div>
    </div>
  );
}

/** The picture with all frames, once it is loaded. */
function useSheet(url: string): HTMLImageElement | undefined {
  const [sheet, setSheet] = useState<HTMLImageElement>();
  useEffect(() => {
    const picture = new Image();
    picture.onload = () => {
      setSheet(picture);
    };
    picture.src = url;
    return () => {
      picture.onload = null;
    };
  }, [url]);
  return sheet;
}
