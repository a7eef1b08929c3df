import { Skeleton } from '@mantine/core';
import { memo, type ReactNode, useMemo, useState } from 'react';
import { FaultView } from '../../parts/fault.view.js';
import { PixelLayerView } from '../../parts/pixel-layer.view.js';
import { emptyMask } from './empty-mask.js';
import { heatPixels } from './heat-colors.js';
import { colorsFor, type HeatMapStyle } from './heat-map-style.state.js';
import styles from './heat-map.module.css';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';
import type { HeatValues } from './heat-values.js';

interface Props {
  /** Address of the picture below. */
  url: string;
  alt: string;
  /** Undefined while the map is not there: the picture alone is shown. */
  map: HeatMapPlace | undefined;
  signed: boolean;
  look: HeatMapStyle;
  /** Whether pixels of the picture are shown as squares. */
  small: boolean;
  /** Drawn over the heat map, as large as the picture. */
  overlay?: ReactNode;
  /** Width and height of the frame in CSS pixels; undefined to fill its width as a square. */
  size?: number;
}

/** A heat map laid over its picture, drawn from its numbers. */
export const HeatMapView = memo(function HeatMapView(props: Props) {
  const { url, alt, map, signed, look, small, overlay, size } = props;
  const values = useHeatValues(map);
  const [broken, setBroken] = useState(false);
  const [ratio, setRatio] = useState(1);
  const [picture, setPicture] = useState<HTMLImageElement>();
  const isShared = map?.kind === 'similarity';
  // Units answer for a neighborhood: what two samples share is drawn where there is something, not on the
  // ground next to it.
  const empty = useMemo(
    () =>
      isShared && picture !== undefined && values.data !== undefined
        ? emptyPlaces(picture, values.data)
        : undefined,
    [isShared, picture, values.data],
  );
  const frame = size === undefined ? {} : { width: size, height: size };
  const covers = values.data !== undefined && !look.raw && look.opacity > 0;
  if (values.error !== null)
    return (
      <div className={styles.fault} style={frame}>
        <FaultView
          error={values.error}
          retry={() => {
            void values.refetch();
          }}
        />
      </div>
    );
  return (
    <div
      className={styles.frame}
      style={frame}
      {...(alt === ''
        ? { 'aria-hidden': true }
        : { role: 'img', 'aria-label': covers ? `${alt}, with a heat map` : alt })}
    >
      <div
        className={styles.inner}
        style={{ aspectRatio: String(ratio), ...(ratio >= 1 ? { width: '100%' } : { height: '100%' }) }}
      >
        {!broken && (
          <img
            src={url}
            alt=""
            decoding="async"
            draggable={false}
            className={`${styles.picture}${small ? ' pixelated' : ''}`}
            style={{ filter: covers ? `brightness(${1 - 0.45 * look.opacity})` : undefined }}
            onLoad={({ currentTarget }) => {
              setRatio(currentTarget.naturalWidth / Math.max(1, currentTarget.naturalHeight));
              setPicture(currentTarget);
            }}
            onError={() => {
              setBroken(true);
            }}
          />
        )}
        {values.data === undefined ? (
          map !== undefined && (
            <Skeleton pos="absolute" top={0} left={0} h="100%" w="100%" opacity={0.35} radius={0} />
          )
        ) : (
          <HeatCanvas
            values={values.data}
            look={look}
            signed={signed}
            smooth={!signed || !small || isShared}
            empty={empty}
          />
        )}
        {overlay}
      </div>
    </div>
  );
});

/** Where the picture is empty, place by place of the map; undefined where it has no empty background. */
function emptyPlaces(picture: HTMLImageElement, { dims }: HeatValues): Uint8Array | undefined {
  const [rows = 0, columns = 0] = dims;
  const { naturalWidth: width, naturalHeight: height } = picture;
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d', {
    willReadFrequently: true,
  });
  if (context === null || dims.length !== 2 || width === 0 || height === 0) return undefined;
  context.drawImage(picture, 0, 0);
  return emptyMask(context.getImageData(0, 0, width, height), rows, columns);
}

function HeatCanvas({
  values,
  look,
  signed,
  smooth,
  empty,
}: {
  values: HeatValues;
  look: HeatMapStyle;
  signed: boolean;
  smooth: boolean;
  empty: Uint8Array | undefined;
}) {
  const [height = 1, width = 1] = values.dims.length === 1 ? [1, values.dims[0]] : values.dims;
  const colors = colorsFor(look, signed);
  const pixels = useMemo(() => {
    const drawn = heatPixels(values, colors);
    empty?.forEach((isEmpty, place) => {
      if (isEmpty === 1) drawn[4 * place + 3] = 0;
    });
    return drawn;
  }, [values, colors, empty]);
  return (
    <PixelLayerView
      pixels={pixels}
      width={width}
      height={height}
      opacity={look.raw ? 0 : look.opacity}
      isSmooth={smooth}
    />
  );
}
