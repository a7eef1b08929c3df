import { Suspense } from 'react';
import { ScrollArea, Skeleton, Text } from '@mantine/core';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { value } from '../../parts/numbers.js';
import { toCss } from '../../parts/scales/scales.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import { listPieces, toSnippet } from '../sample/visual.js';
import { useVisual } from '../sample/visual.query.js';
import { visualUrl } from '../sample/visual-sheet.js';
import { SeriesView } from '../sample/series.view.js';
import { type HeatMapColors, heatColor } from './heat-colors.js';
import { colorsFor, type HeatMapStyle } from './heat-map-style.state.js';
import { type HeatMapPlace, useHeatValues } from './heat-values.query.js';
import { findSeriesHeat, findTableHeat, sumByFrame, sumByPosition } from './heat-positions.js';
import { HeatTableView } from './heat-table.view.js';
import { HeatTextView } from './heat-text.view.js';
import type { HeatValues } from './heat-values.js';
import styles from './heat-series.module.css';

const GraphView = lazyPart(async () => ({
  default: (await import('../sample/visuals/graph.view.js')).GraphView,
}));
const VideoView = lazyPart(async () => ({
  default: (await import('../sample/visuals/video.view.js')).VideoView,
}));
const HeatSoundView = lazyPart(async () => ({
  default: (await import('./heat-sound.view.js')).HeatSoundView,
}));

/**
 * A heat map over an input that is no picture: bars over a series, colored cells of a table, colored words of
 * a text.
 */
export function HeatSeriesView({
  datasetVersionId,
  sample,
  hasVisual,
  map,
  signed,
  look,
}: {
  datasetVersionId: string;
  sample: SampleAddress;
  hasVisual: boolean;
  map: HeatMapPlace;
  signed: boolean;
  look: HeatMapStyle;
}) {
  const values = useHeatValues(map);
  const visual = useVisual(datasetVersionId, hasVisual ? sample : undefined).data;
  if (values.error !== null)
    return (
      <FaultView
        error={values.error}
        retry={() => {
          void values.refetch();
        }}
      />
    );
  if (values.data === undefined) return <Skeleton height={180} />;
  const { data } = values;
  const colors = colorsFor(look, signed);
  const tone = (at: number): string => toTone(data, at, { colors, look });
  const byPosition = sumByPosition(data);
  const pieces = visual === undefined ? undefined : listPieces(visual, byPosition.values.length);
  if (visual !== undefined && pieces !== undefined)
    return (
      <ScrollArea.Autosize mah={460} type="auto" offsetScrollbars tabIndex={0}>
        <HeatTextView
          visual={visual}
          pieces={pieces}
          values={byPosition.values}
          tone={(at) => toTone(byPosition, at, { colors, look })}
        />
      </ScrollArea.Autosize>
    );
  const toneOfPosition = (at: number): string => toTone(byPosition, at, { colors, look });
  if (visual?.kind === 'graph' && visual.names.length === byPosition.values.length)
    return (
      <Suspense fallback={<Skeleton height={320} />}>
        <GraphView visual={visual} height={420} tone={toneOfPosition} />
      </Suspense>
    );
  if (visual?.kind === 'video') {
    const byFrame = sumByFrame(data);
    const isOfFrames = visual.frameCount === byFrame.values.length;
    return (
      <Suspense fallback={<Skeleton height={320} />}>
        <VideoView
          video={visual}
          url={visualUrl(datasetVersionId, sample)}
          alt={`Sample ${sample.sampleId}`}
          maxHeight={360}
          tone={isOfFrames ? (at) => toTone(byFrame, at, { colors, look }) : undefined}
        />
        {!isOfFrames && <Bars data={data} colors={colors} raw={look.raw} />}
      </Suspense>
    );
  }
  if (visual?.kind === 'table') {
    const heat = findTableHeat(visual, data);
    return (
      <div>
        <HeatTableView table={visual} heat={heat} tone={(of, at) => toTone(of, at, { colors, look })} />
        {heat === undefined && (
          <>
            <Text size="xs" c="dimmed" my={4}>
              The input has {data.values.length} numbers, and no row, column or cell of this table stands for
              each of them: the bars show them in their order.
            </Text>
            <Bars data={data} colors={colors} raw={look.raw} />
          </>
        )}
      </div>
    );
  }
  const isSpectral = data.dims.length <= 2 || (data.dims.length === 3 && data.dims[2] === 1);
  if (visual?.kind === 'audio' && isSpectral)
    return (
      <Suspense fallback={<Skeleton height={320} />}>
        <HeatSoundView sound={visual} data={data} colors={colors} opacity={look.raw ? 0 : look.opacity} />
      </Suspense>
    );
  if (visual?.kind === 'series') {
    const heat = findSeriesHeat(visual.series, data);
    return (
      <div>
        <SeriesView
          series={visual.series}
          axis={visual.axis}
          height={heat === undefined ? 160 : 240}
          heat={heat === undefined ? undefined : (line, step) => tone(heat(line, step))}
        />
        {heat === undefined && <Bars data={data} colors={colors} raw={look.raw} />}
      </div>
    );
  }
  return (
    <div>
      {(visual?.kind === 'text' || visual?.kind === 'tokens' || visual?.kind === 'spans') && (
        <>
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {toSnippet(visual)}
          </Text>
          <Text size="xs" c="dimmed">
            Words are colored when the visualizer returns text([piece, …]) with a piece for each of the{' '}
            {data.values.length} tokens.
          </Text>
        </>
      )}
      <Bars data={data} colors={colors} raw={look.raw} />
    </div>
  );
}

function Bars({
  data: { values, peak },
  colors,
  raw,
}: {
  data: HeatValues;
  colors: HeatMapColors;
  raw: boolean;
}) {
  const n = values.length;
  const most = Math.min(n, 800);
  return (
    <svg
      viewBox={`0 0 ${most} 100`}
      preserveAspectRatio="none"
      className={styles.bars}
      role="img"
      aria-label={`Heat of ${n} inputs, up to ${value(peak)}`}
    >
      <line x1={0} x2={most} y1={50} y2={50} className={styles.zero} vectorEffect="non-scaling-stroke" />
      {Array.from({ length: most }, (_, at) => {
        const i = Math.floor((at * n) / most);
        const height = peak === 0 || raw ? 0 : (48 * values[i]!) / peak;
        return (
          <rect
            key={at}
            x={at + 0.1}
            width={0.8}
            y={height > 0 ? 50 - height : 50}
            height={Math.abs(height)}
            fill={toCss(heatColor(colors, Math.sign(height) * (0.4 + (0.6 * Math.abs(height)) / 48)))}
          >
            <title>{`${i}: ${value(values[i])}`}</title>
          </rect>
        );
      })}
    </svg>
  );
}

function toTone(
  { values, peak }: HeatValues,
  at: number,
  { colors, look }: { colors: HeatMapColors; look: HeatMapStyle },
): string {
  const share = peak === 0 || look.raw ? 0 : (values[at] ?? 0) / peak;
  if (share === 0) return 'transparent';
  const cover = Math.sqrt(Math.abs(share));
  return `${toCss(heatColor(colors, Math.sign(share) * cover))}${Math.round(255 * look.opacity * cover)
    .toString(16)
    .padStart(2, '0')}`;
}
