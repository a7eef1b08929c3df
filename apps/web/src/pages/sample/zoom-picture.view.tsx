import { ActionIcon, Group, Text, Tooltip } from '@mantine/core';
import { IconGridDots, IconMinus, IconPlus, IconZoomReset } from '@tabler/icons-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import styles from './zoom-picture.module.css';
import { FIT, moved, zoomed, type Zoom } from './zoom.js';

/** A drawing over a picture of that size in pixels. */
export interface PictureOverlay {
  readonly width: number;
  readonly height: number;
  readonly content: ReactNode;
}

const STEP = 1.5;
const MOVE = 40;

/**
 * A picture of any size in a frame of fixed size: wheel, buttons and keys zoom, dragging moves it; its pixels
 * can be shown as squares.
 */
export function ZoomPictureView({
  url,
  alt,
  small,
  height,
  overlay,
}: {
  url: string;
  alt: string;
  small: boolean;
  height: number;
  overlay?: PictureOverlay;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const [zoom, setZoom] = useState<Zoom>(FIT);
  const [squares, setSquares] = useState(small);
  const [size, setSize] = useState<{ width: number; height: number }>();
  const [broken, setBroken] = useState(false);
  const transform = `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`;
  const sides = () => ({ width: frame.current?.clientWidth ?? 1, height: frame.current?.clientHeight ?? 1 });
  const by = (factor: number): void => {
    setZoom((now) => zoomed(now, factor, { x: 0, y: 0 }, sides()));
  };
  useWheel(frame, (factor, at) => {
    setZoom((now) => zoomed(now, factor, at, sides()));
  });
  const drag = (event: PointerEvent): void => {
    if (event.buttons === 1) setZoom((now) => moved(now, event.movementX, event.movementY, sides()));
  };
  const press = (event: KeyboardEvent): void => {
    const act = KEYS[event.key];
    if (act === undefined || (zoom.scale === 1 && event.key.startsWith('Arrow'))) return;
    event.preventDefault();
    setZoom((now) => act(now, sides()));
  };
  return (
    <div>
      <div
        ref={frame}
        className={styles.frame}
        style={{ height, cursor: zoom.scale > 1 ? 'grab' : 'default' }}
        tabIndex={0}
        role="group"
        aria-label="Picture; plus and minus zoom, arrows move, 0 fits"
        onKeyDown={press}
        onPointerMove={drag}
        onPointerDown={(event) => {
          if (zoom.scale > 1) event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onDoubleClick={() => {
          setZoom(FIT);
        }}
      >
        {broken ? (
          <Text size="sm" c="dimmed">
            The picture cannot be loaded.
          </Text>
        ) : (
          <img
            src={url}
            alt={alt}
            decoding="async"
            draggable={false}
            className={`${styles.picture}${squares ? ' pixelated' : ''}`}
            style={{ transform }}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
              setSize({ width: naturalWidth, height: naturalHeight });
            }}
            onError={() => {
              setBroken(true);
            }}
          />
        )}
        {overlay !== undefined && !broken && (
          <div
            className={styles.overlay}
            style={
              {
                transform,
                aspectRatio: `${overlay.width} / ${overlay.height}`,
                width: `min(100%, ${(height * overlay.width) / overlay.height}px)`,
                '--zoom': zoom.scale,
              } as CSSProperties
            }
          >
            {overlay.content}
          </div>
        )}
      </div>
      <Group justify="space-between" mt={6} wrap="nowrap">
        <Text size="xs" c="dimmed">
          {size === undefined ? ' ' : `${size.width} × ${size.height} pixels`}
          {zoom.scale > 1 ? ` · ${Math.round(zoom.scale * 100)}%` : ''}
        </Text>
        <Group gap={4} wrap="nowrap">
          <Tool
            label="Zoom out"
            onClick={() => {
              by(1 / STEP);
            }}
          >
            <IconMinus size={15} />
          </Tool>
          <Tool
            label="Zoom in"
            onClick={() => {
              by(STEP);
            }}
          >
            <IconPlus size={15} />
          </Tool>
          <Tool
            label="Fit"
            onClick={() => {
              setZoom(FIT);
            }}
          >
            <IconZoomReset size={15} />
          </Tool>
          <Tool
            label={squares ? 'Smooth the pixels' : 'Show pixels as squares'}
            pressed={squares}
            onClick={() => {
              setSquares(!squares);
            }}
          >
            <IconGridDots size={15} />
          </Tool>
        </Group>
      </Group>
    </div>
  );
}

const KEYS: Readonly<Record<string, (zoom: Zoom, frame: { width: number; height: number }) => Zoom>> = {
  '+': (zoom, frame) => zoomed(zoom, STEP, { x: 0, y: 0 }, frame),
  '=': (zoom, frame) => zoomed(zoom, STEP, { x: 0, y: 0 }, frame),
  '-': (zoom, frame) => zoomed(zoom, 1 / STEP, { x: 0, y: 0 }, frame),
  '0': () => FIT,
  ArrowLeft: (zoom, frame) => moved(zoom, MOVE, 0, frame),
  ArrowRight: (zoom, frame) => moved(zoom, -MOVE, 0, frame),
  ArrowUp: (zoom, frame) => moved(zoom, 0, MOVE, frame),
  ArrowDown: (zoom, frame) => moved(zoom, 0, -MOVE, frame),
};

function Tool({
  label,
  pressed,
  onClick,
  children,
}: {
  label: string;
  pressed?: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={pressed === true ? 'light' : 'subtle'}
        color="gray"
        size={26}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onClick}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** The wheel zooms the frame and does not scroll the page; React's own listener could not hold the page. */
function useWheel(
  frame: { readonly current: HTMLDivElement | null },
  zoom: (factor: number, at: { x: number; y: number }) => void,
): void {
  const latest = useRef(zoom);
  useEffect(() => {
    latest.current = zoom;
  });
  useEffect(() => {
    const element = frame.current;
    const turn = (event: WheelEvent): void => {
      event.preventDefault();
      const { left, top, width, height } = element!.getBoundingClientRect();
      latest.current(Math.exp(-event.deltaY / 300), {
        x: event.clientX - left - width / 2,
        y: event.clientY - top - height / 2,
      });
    };
    element?.addEventListener('wheel', turn, { passive: false });
    return () => element?.removeEventListener('wheel', turn);
  }, [frame]);
}
