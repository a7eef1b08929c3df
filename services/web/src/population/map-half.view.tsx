import { Center } from '@mantine/core';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Scatterplot } from '@noema/scatterplot';
import { type ReactNode, useState } from 'react';
import type { BitMask } from './bit-mask.js';
import type { Column } from './column.js';
import { HoverView } from './hover.view.js';
import { LabelsView } from './labels.view.js';
import type { PlaceLabel } from './label-placement.js';
import { MakeMapView, type MakeMapProps } from './make-map.view.js';
import { isReady } from './map-catalog.js';
import { type PlotProps, PlotView } from './plot.view.js';
import styles from './population.module.css';

export interface MapHalfProps extends Omit<PlotProps, 'scope' | 'dimensions' | 'children' | 'count'> {
  readonly map: Exploration | undefined;
  readonly scope: PlotProps['scope'] | undefined;
  readonly make: Omit<MakeMapProps, 'map'>;
  readonly labels: readonly PlaceLabel[];
  readonly columns: ReadonlyMap<string, Column>;
  readonly shown: BitMask | undefined;
  readonly onHover: (point: number) => void;
  readonly caption?: ReactNode;
}

/** One map with its names and its hover, or the way to make it. */
export function MapHalfView({ map, scope, make, labels, columns, onHover, caption, ...plot }: MapHalfProps) {
  const [drawn, setDrawn] = useState<Scatterplot>();
  if (map === undefined || scope === undefined || !isReady(map)) return <div className={styles.half}><Center h="100%" p="lg"><MakeMapView {...make} map={map} /></Center>{caption}</div>;
  const dimensions = map.dimensions === 3 ? 3 : 2;
  return (
    <div className={styles.half}>
      <PlotView key={dimensions} {...plot} scope={scope} count={map.pointCount} dimensions={dimensions} onPlot={(one) => { setDrawn(one); plot.onPlot(one); }}>
        {drawn !== undefined && <><LabelsView plot={drawn} labels={labels} /><HoverView plot={drawn} scope={scope} columns={columns} onHover={onHover} /></>}
      </PlotView>
      {caption}
    </div>
  );
}
