import { Center } from '@mantine/core';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Scatterplot } from '@noema/scatterplot';
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { HoverView, type Pointed } from './hover.view.js';
import type { ClassLabel } from './class-labels.state.js';
import type { MakeMapProps } from '../maps/make-map.view.js';
import { isReady } from '../maps/map-catalog.js';
import { toScope } from '../maps/map-scope.state.js';
import { type PlotProps, PlotView } from './plot.view.js';
import styles from '../style/population.module.css';
import { isGrid, type PictureMode } from '../pictures/picture-mode.js';
import { usePreview } from '../points/preview.query.js';
import { mapTitle } from '../maps/map-title.js';

const LabelsView = lazy(async () => ({ default: (await import('./labels.view.js')).LabelsView }));
const PicturesView = lazy(async () => ({
  default: (await import('../pictures/pictures.view.js')).PicturesView,
}));
const MakeMapView = lazy(async () => ({ default: (await import('../maps/make-map.view.js')).MakeMapView }));
const TurnHintView = lazy(async () => ({ default: (await import('./turn-hint.view.js')).TurnHintView }));
const PreviewBarView = lazy(async () => ({
  default: (await import('../maps/preview-bar.view.js')).PreviewBarView,
}));

export interface MapHalfProps
  extends Omit<PlotProps, 'scope' | 'dimensions' | 'children' | 'count' | 'preview'> {
  readonly map: Exploration | undefined;
  readonly scope: PlotProps['scope'] | undefined;
  readonly make: Omit<MakeMapProps, 'map'>;
  readonly labels: readonly ClassLabel[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly shown: BitMask | undefined;
  readonly onHover: (point: number) => void;
  readonly pictures: PictureMode;
  readonly onPictures: (mode: PictureMode) => void;
  readonly caption?: ReactNode;
}

/**
 * One map with its names and its hover; while it is being made the map so far, on the same canvas; or the way
 * to make it.
 */
export function MapHalfView({
  map,
  scope,
  make,
  labels,
  columns,
  onHover,
  pictures,
  onPictures,
  caption,
  ...plot
}: MapHalfProps) {
  const [drawn, setDrawn] = useState<Scatterplot>();
  const pictureAt = useRef<(x: number, y: number) => number>(() => -1);
  const [picture, setPicture] = useState<Pointed>();
  const preview = usePreview(map);
  const isMade = map !== undefined && scope !== undefined && isReady(map);
  if (map === undefined || (!isMade && preview === undefined))
    return (
      <div className={styles.half}>
        <Center h="100%" p="lg">
          <Suspense>
            <MakeMapView {...make} map={map} />
          </Suspense>
        </Center>
        {caption}
      </div>
    );
  const dimensions = map.dimensions === 3 ? 3 : 2;
  return (
    <div className={styles.half}>
      <PlotView
        key={`${dimensions} ${map.pointCount}`}
        {...plot}
        onPointer={(at) => {
          const point = at === undefined ? -1 : pictureAt.current(at.x, at.y);
          setPicture((before) =>
            at === undefined || point < 0 ? undefined : before?.point === point ? before : { point, ...at },
          );
        }}
        onClick={(point, more, at) => {
          const pictured = point < 0 || isGrid(pictures) ? pictureAt.current(at.x, at.y) : -1;
          plot.onClick(pictured < 0 ? point : pictured, more, at);
        }}
        scope={scope ?? toScope(map, map.runId)}
        count={map.pointCount}
        dimensions={dimensions}
        preview={isMade ? undefined : preview}
        onPlot={(one) => {
          setDrawn(one);
          plot.onPlot(one);
        }}
      >
        {drawn !== undefined && isMade && scope !== undefined && (
          <>
            {pictures !== 'none' && (
              <Suspense>
                <PicturesView
                  plot={drawn}
                  scope={scope}
                  columns={columns}
                  color={plot.color}
                  visible={plot.visible}
                  selected={plot.selected}
                  mode={pictures}
                  onMode={onPictures}
                  pictureAt={pictureAt}
                  onOpen={(point) => {
                    plot.onClick(point, false, { x: 0, y: 0 });
                  }}
                />
              </Suspense>
            )}
            <Suspense>
              <LabelsView plot={drawn} labels={labels} columns={columns} shown={plot.visible} />
            </Suspense>
            <HoverView
              plot={drawn}
              scope={scope}
              columns={columns}
              onHover={onHover}
              picture={picture}
              arePicturesFirst={isGrid(pictures)}
            />
            {dimensions === 3 && (
              <Suspense>
                <TurnHintView plot={drawn} />
              </Suspense>
            )}
          </>
        )}
      </PlotView>
      {!isMade && (
        <Suspense>
          <PreviewBarView
            title={mapTitle(make.catalog, make.choice)}
            jobId={map.jobId}
            onChanged={make.onChanged}
          />
        </Suspense>
      )}
      {caption}
    </div>
  );
}
