import { Alert, Box, Loader } from '@mantine/core';
import { type Camera, createScatterplot, type Padding, type Scatterplot } from '@noema/scatterplot';
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { PointColumns } from '../../../api/point-columns.js';
import { faultOf } from '../../../api/query-client.js';
import { FaultView } from '../../../parts/fault.view.js';
import type { BitMask } from '../points/bit-mask.js';
import type { ColorEncoding } from '../encoding/color-encoding.js';
import type { Column } from '../points/column.js';
import type { PartEncoding } from '../encoding/part-encoding.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { type Coordinates, PreviewDots } from '../points/preview-dots.js';
import type { CameraState } from './camera.js';
import styles from '../style/population.module.css';
import type { How, OutlineStep } from '../selection/selection-steps.js';

/** Which map was selected on, and the outline in its units. */
export type SelectedArea = Pick<OutlineStep, 'mapId' | 'outline'>;

export type PlotMode = 'pan' | 'lasso' | 'rectangle';

/** What a canvas shows, and what it hears. */
export interface PlotProps {
  readonly label: string;
  readonly scope: PointScope;
  readonly count: number;
  readonly dimensions: 2 | 3;
  /** The map so far, by row, while it is being made; its columns are asked for when it is made. */
  readonly preview: Coordinates | undefined;
  /** Columns that come in the first stream, besides the coordinates. */
  readonly firstColumns: readonly string[];
  /** Colors and sizes of a first stream, part by part. */
  readonly encoding: () => PartEncoding;
  readonly color: ColorEncoding | undefined;
  readonly sizes: Uint8Array | undefined;
  readonly pointSize: readonly [number, number];
  readonly background: string;
  /** What lies over the edges of the canvas. */
  readonly padding: Padding;
  readonly visible: BitMask | undefined;
  readonly selected: BitMask | undefined;
  readonly marked: readonly number[];
  readonly density: boolean;
  readonly mode: PlotMode;
  /** The camera of the address; taken over when it is another one than the plot has told. */
  readonly camera: CameraState | undefined;
  readonly onCamera: (camera: CameraState | undefined) => void;
  /** `at` is the place of the click on the canvas. */
  readonly onClick: (point: number, more: boolean, at: { readonly x: number; readonly y: number }) => void;
  readonly onSelect: (mask: BitMask, how: How, area: SelectedArea | undefined) => void;
  /** Called as the pointer moves with no button down, and with nothing when it leaves. */
  readonly onPointer?: (at: { readonly x: number; readonly y: number } | undefined) => void;
  /** Called when the columns of a map have been asked for. */
  readonly onStart: (explorationId: string) => void;
  readonly onPlot: (plot: Scatterplot | undefined) => void;
  readonly onKey?: (key: string) => boolean;
  readonly children?: ReactNode;
}

/** How long dots glide from one map to the next. */
const GLIDE_MS = 900;
/** How long the view rests before it is written into the address, in milliseconds. */
const CAMERA_REST_MS = 250;
/** Pauses before columns are asked for again while Noema does not answer, in milliseconds. */
const RETRY_MS = [700, 1_500, 3_000];

/** A canvas with the dots of one map; the first stream is drawn as it comes. */
export function PlotView(props: PlotProps) {
  const {
    scope,
    count,
    dimensions,
    color,
    sizes,
    visible,
    selected,
    marked,
    density,
    mode,
    background,
    pointSize,
    camera,
    label,
  } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [plot, setPlot] = useState<Scatterplot>();
  const [state, setState] = useState<'loading' | 'preview' | 'ready'>('loading');
  const [drawn, setDrawn] = useState(0);
  const [fault, setFault] = useState<unknown>();
  const [tries, setTries] = useState(0);
  const told = useRef<CameraState>(undefined);
  const { explorationId, runId, epoch, datasetVersionId } = scope;
  const { preview } = props;
  const isMade = preview === undefined;
  const dots = useMemo(
    () => (plot === undefined ? undefined : new PreviewDots(plot, () => (calm() ? 0 : GLIDE_MS))),
    [plot],
  );

  const tellPlot = useEffectEvent((one: Scatterplot | undefined) => {
    props.onPlot(one);
  });
  const startEncoding = useEffectEvent(() => props.encoding());
  const first = useEffectEvent(() => props.firstColumns);
  const click = useEffectEvent((...[point, more, at]: Parameters<PlotProps['onClick']>) => {
    props.onClick(point, more, at);
  });
  const drawnMap = useRef(explorationId);
  const select = useEffectEvent((mask: BitMask, how: How, outline: Float32Array | undefined) => {
    props.onSelect(mask, how, outline === undefined ? undefined : { mapId: drawnMap.current, outline });
  });
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  // As long as nobody has moved the view, it is the one that shows everything, whatever its numbers are.
  const tellCamera = useEffectEvent((one: Scatterplot) => {
    const next = one.isFitted ? undefined : stateOf(one.camera);
    if (next === undefined && told.current === undefined) return;
    told.current = next;
    props.onCamera(next);
  });
  const startCamera = useEffectEvent(() => camera);
  const tellStart = useEffectEvent((id: string) => {
    props.onStart(id);
  });
  const looks = useEffectEvent(() => ({ background, pointSize }));
  const wholeScope = useEffectEvent(() => scope);

  useEffect(() => {
    let made: Scatterplot;
    try {
      made = createScatterplot({
        canvas: canvas.current!,
        capacity: Math.max(1, count),
        dimensions,
        ...looks(),
      });
    } catch (error) {
      setFault(error);
      return undefined;
    }
    made.on('click', (e) => {
      click(e.point, e.shiftKey || e.metaKey, e);
    });
    made.on('select', (e) => {
      select(e.mask, e.mode, e.outline);
    });
    made.on('camera', () => {
      clearTimeout(pending.current);
      pending.current = setTimeout(() => {
        tellCamera(made);
      }, CAMERA_REST_MS);
    });
    setPlot(made);
    tellPlot(made);
    return () => {
      clearTimeout(pending.current);
      tellPlot(undefined);
      setPlot(undefined);
      made.destroy();
    };
  }, [count, dimensions]);

  // A view that was moved just before is that of the map it was moved in.
  useEffect(
    () => () => {
      clearTimeout(pending.current);
    },
    [explorationId],
  );
  useEffect(() => {
    if (dots === undefined || preview === undefined) return;
    setState('preview');
    setFault(undefined);
    void dots.show(preview, pointCache.orderOf(wholeScope()));
    setDrawn(preview.x.length);
  }, [dots, preview, datasetVersionId]);

  useEffect(() => {
    if (plot === undefined || !isMade) return undefined;
    let left = false;
    const here = wholeScope();
    const axes = dimensions === 3 ? ['x', 'y', 'z'] : ['x', 'y'];
    const isFirst = plot.count === 0;
    setState('loading');
    setFault(undefined);
    const encoding = startEncoding();
    const off = isFirst ? markDots(plot, count) : undefined;
    const add = (draw: () => void): void => {
      const before = plot.count;
      drawnMap.current = explorationId;
      draw();
      if (before === 0) {
        const start = startCamera();
        told.current = start;
        if (start !== undefined) plot.camera = cameraOf(start);
      }
      setDrawn(plot.count);
    };
    const onBatch = (columns: PointColumns, from: number): void => {
      if (left || plot.count !== from) return;
      const [x, y, z] = ['x', 'y', 'z'].map((name) =>
        columns.numbers.get(name)?.subarray(from, columns.loaded),
      );
      if (x === undefined || y === undefined) return;
      add(() => {
        plot.extend({ x, y, z, ...encoding.next(columns, from) }, columns.count);
      });
    };
    const load = async (failures = 0): Promise<void> => {
      try {
        await pointCache.want(here, isFirst ? [...axes, ...first()] : axes, isFirst ? { onBatch } : {});
      } catch (error) {
        if (left || failures === RETRY_MS.length || !['unavailable', 'timeout'].includes(faultOf(error).kind))
          throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_MS[failures]);
        });
        if (!left) await load(failures + 1);
      }
    };
    const loading = load();
    tellStart(explorationId);
    loading.then(
      () => {
        if (left) return;
        const [x, y, z] = ['x', 'y', 'z'].map((name) => numbersOf(pointCache.find(here, name)));
        if (x === undefined || y === undefined) return;
        const rest = (values: Float32Array): Float32Array => values.subarray(plot.count);
        if (plot.count < x.length)
          add(() => {
            plot.append(rest(x), rest(y), dimensions === 3 && z !== undefined ? rest(z) : undefined);
          });
        else if (!isFirst) {
          drawnMap.current = explorationId;
          dots?.sort(pointCache.orderOf(here));
          void plot.moveTo(
            dimensions === 3 && z !== undefined ? { x, y, z } : { x, y },
            calm() ? 0 : GLIDE_MS,
          );
        }
        setState('ready');
      },
      (error: unknown) => {
        if (!left) setFault(error);
      },
    );
    return () => {
      left = true;
      off?.();
    };
  }, [plot, dots, isMade, explorationId, runId, epoch, datasetVersionId, dimensions, tries]);

  useEffect(() => {
    if (
      plot === undefined ||
      color === undefined ||
      color.codes.length < plot.count ||
      plot.count === 0 ||
      state === 'loading'
    )
      return;
    dots?.sort(pointCache.orderOf(wholeScope()));
    plot.setColors(color.codes, color.palette);
  }, [plot, dots, datasetVersionId, color, state]);
  useEffect(() => {
    if (plot !== undefined && color !== undefined && state !== 'loading') plot.setSizes(sizes);
  }, [plot, sizes, color, state]);
  useEffect(() => {
    plot?.setBackground(background);
  }, [plot, background]);
  useEffect(() => {
    plot?.setPointSize(pointSize);
  }, [plot, pointSize]);
  useEffect(() => {
    plot?.setPadding(props.padding);
  }, [plot, props.padding]);
  useEffect(() => {
    plot?.setVisible(visible);
  }, [plot, visible]);
  useEffect(() => {
    plot?.setSelected(selected);
  }, [plot, selected]);
  useEffect(() => {
    plot?.setMarked(marked);
  }, [plot, marked]);
  useEffect(() => {
    plot?.setDensity(density);
  }, [plot, density]);
  useEffect(() => {
    plot?.setMode(mode);
  }, [plot, mode]);
  useEffect(() => {
    if (plot === undefined || camera === told.current || plot.count === 0) return;
    told.current = camera;
    if (camera === undefined) plot.fit();
    else plot.camera = cameraOf(camera);
  }, [plot, camera]);

  return (
    <Box className={styles.plot}>
      <canvas
        ref={canvas}
        className={styles.canvas}
        tabIndex={0}
        role="img"
        aria-label={label}
        data-testid="population-canvas"
        data-state={state}
        data-points={drawn}
        onPointerMove={({ buttons, nativeEvent: { offsetX: x, offsetY: y } }) => {
          if (buttons === 0) props.onPointer?.({ x, y });
        }}
        onPointerLeave={() => {
          props.onPointer?.(undefined);
        }}
        onKeyDown={(event) => {
          if (!event.ctrlKey && !event.metaKey && !event.altKey && props.onKey?.(event.key) === true)
            event.preventDefault();
        }}
      />
      {plot !== undefined && props.children}
      {state === 'loading' && fault === undefined && (
        <Loader size="sm" className={styles.loading} role="img" aria-label="Loading points" />
      )}
      {fault !== undefined && (
        <Box className={styles.fault}>
          {plot === undefined ? (
            <Alert color="red" title="The map cannot be drawn here" role="alert">
              {textOf(fault)}
            </Alert>
          ) : (
            <FaultView
              error={fault}
              retry={() => {
                setTries(tries + 1);
              }}
            />
          )}
        </Box>
      )}
    </Box>
  );
}

/** Marks in the timeline of the tab when the first dots, and when all of them, are on the canvas. */
function markDots(plot: Scatterplot, count: number): () => void {
  let first = true;
  const off = plot.on('frame', ({ points }) => {
    if (points > 0 && first) {
      performance.mark('noema:first-points');
      first = false;
    }
    if (points >= count) {
      performance.mark('noema:all-points');
      off();
    }
  });
  return off;
}

const textOf = (error: unknown): string =>
  error instanceof Error
    ? error.message
    : 'This browser has no WebGL 2; use a current one, with hardware acceleration if there is any.';
const calm = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const numbersOf = (column: Column | undefined): Float32Array | undefined =>
  column?.kind === 'number' ? column.values : undefined;
const stateOf = ({ center, zoom, azimuth, elevation }: Camera): CameraState => ({
  ...center,
  zoom,
  azimuth,
  elevation,
});
const cameraOf = ({ x, y, z, zoom, azimuth, elevation }: CameraState): Camera => ({
  center: { x, y, z },
  zoom,
  azimuth,
  elevation,
});
