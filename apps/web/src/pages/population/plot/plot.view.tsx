import { Alert, Box, Loader } from '@mantine/core';
import { createScatterplot, type Scatterplot } from '@noema/scatterplot';
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from 'react';
import { FaultView } from '../../../parts/fault.view.js';
import { pointCache } from '../points/points.query.js';
import styles from '../style/population.module.css';
import { LOADING, type PlotContents, PlotController } from './plot-controller.js';

/** The contents of a canvas, and its events. */
export interface PlotProps extends PlotContents {
  readonly label: string;
  readonly count: number;
  readonly dimensions: 2 | 3;
  /** Called as the pointer moves with no button down, and with nothing when it leaves. */
  readonly onPointer?: (at: { readonly x: number; readonly y: number } | undefined) => void;
  readonly onPlot: (plot: Scatterplot | undefined) => void;
  readonly onKey?: (key: string) => boolean;
  readonly children?: ReactNode;
}

/** A canvas with the dots of one map; the first stream is drawn as it comes. */
export function PlotView({
  label,
  count,
  dimensions,
  onPointer,
  onPlot,
  onKey,
  children,
  ...contents
}: PlotProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [controller, setController] = useState<PlotController>();
  const [{ state, drawn, fault }, setStatus] = useState(LOADING);
  const tellPlot = useEffectEvent(onPlot);
  const { background, pointSize } = contents;
  const create = useEffectEvent(() =>
    createScatterplot({
      canvas: canvas.current!,
      capacity: Math.max(1, count),
      dimensions,
      background,
      pointSize,
    }),
  );

  useEffect(() => {
    setStatus(LOADING);
    let made: PlotController;
    try {
      made = new PlotController(create(), { count, dimensions }, pointCache, setStatus);
    } catch (error) {
      setStatus({ ...LOADING, fault: error });
      return undefined;
    }
    setController(made);
    tellPlot(made.plot);
    return () => {
      tellPlot(undefined);
      setController(undefined);
      made.destroy();
    };
  }, [count, dimensions]);
  useEffect(() => {
    controller?.update(contents);
  });

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
          if (buttons === 0) onPointer?.({ x, y });
        }}
        onPointerLeave={() => {
          onPointer?.(undefined);
        }}
        onKeyDown={(event) => {
          if (!event.ctrlKey && !event.metaKey && !event.altKey && onKey?.(event.key) === true)
            event.preventDefault();
        }}
      />
      {controller !== undefined && children}
      {state === 'loading' && fault === undefined && (
        <Loader size="sm" className={styles.loading} role="img" aria-label="Loading points" />
      )}
      {fault !== undefined && (
        <Box className={styles.fault}>
          {controller === undefined ? (
            <Alert color="red" title="The map cannot be drawn here" role="alert">
              {toText(fault)}
            </Alert>
          ) : (
            <FaultView
              error={fault}
              retry={() => {
                controller.retry();
              }}
            />
          )}
        </Box>
      )}
    </Box>
  );
}

const toText = (error: unknown): string =>
  error instanceof Error
    ? error.message
    : 'This browser has no WebGL 2; use a current one, with hardware acceleration if there is any.';
