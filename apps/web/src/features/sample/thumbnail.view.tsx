import { type CSSProperties, lazy, memo, Suspense, useState } from 'react';
import { useDatasetVersion } from './dataset-version.query.js';
import type { SampleAddress } from '../../parts/address/sample-key.js';
import styles from './thumbnail.module.css';
import type { Visual } from './visual.js';
import { useVisual } from './visual.query.js';
import {
  hasPictures,
  isBetterAlone,
  isSmallPicture,
  sheetUrl,
  tilePixels,
  TILES_ACROSS,
  toTile,
  visualUrl,
} from './visual-sheet.js';
import { useVisualSheet } from './visual-sheet.query.js';

const LineThumbnailView = lazy(async () => ({
  default: (await import('./line-thumbnail.view.js')).LineThumbnailView,
}));
const TableThumbnailView = lazy(async () => ({
  default: (await import('./table-thumbnail.view.js')).TableThumbnailView,
}));

/** Height of a line of a text, as in the style. */
const LINE_PX = 15;

/** Properties of a thumbnail. */
export interface ThumbnailProps {
  readonly datasetVersionId: string;
  readonly sample: SampleAddress;
  /** Row of the sample in its dataset version. */
  readonly row: number;
  /** Width and height in CSS pixels. */
  readonly size: number;
  /** Description for screen readers; empty where the adjacent text contains it. */
  readonly alt: string;
  /** True where the neighboring samples come from anywhere in the population. */
  readonly scattered?: boolean;
}

/**
 * A sample in a square of fixed size: its tile on the sheet of its neighbors, else its own picture, else its
 * lines, else the first rows of its table, else the beginning of its text.
 */
export const ThumbnailView = memo(function ThumbnailView({
  datasetVersionId,
  sample,
  row,
  size,
  alt,
  scattered = false,
}: ThumbnailProps) {
  const version = useDatasetVersion(datasetVersionId).data;
  const pictured = version !== undefined && hasPictures(version);
  const pixels = version === undefined ? 0 : tilePixels(version, size);
  const alone = scattered && pictured && isBetterAlone(version);
  const sheet = useVisualSheet(pictured && !alone ? sheetUrl(datasetVersionId, row, pixels) : undefined);
  const frame = { width: size, height: size };
  const small = version !== undefined && isSmallPicture(version);
  if (sheet.data !== undefined)
    return (
      <div
        {...said(alt)}
        className={frameClass(small)}
        style={{ ...frame, ...tileStyle(sheet.data, { row, pixels, size }) }}
      />
    );
  if (pictured && (alone || sheet.isError) && sample.sampleId !== '')
    return (
      <SinglePicture
        key={row}
        url={visualUrl(datasetVersionId, sample)}
        size={size}
        small={small}
        alt={alt}
      />
    );
  if (version !== undefined && !pictured)
    return (
      <Snippet
        datasetVersionId={datasetVersionId}
        sample={sample}
        size={size}
        alt={alt}
        shown={version.visualizers.length > 0}
      />
    );
  return <div {...said(alt)} aria-busy="true" className={styles.frame} style={frame} />;
});

function SinglePicture({
  url,
  size,
  small,
  alt,
}: {
  url: string;
  size: number;
  small: boolean;
  alt: string;
}) {
  const [broken, setBroken] = useState(false);
  if (broken)
    return (
      <div {...said(alt)} className={`${styles.frame} ${styles.none}`} style={{ width: size, height: size }}>
        no picture
      </div>
    );
  return (
    <img
      src={url}
      width={size}
      height={size}
      alt={alt}
      loading="lazy"
      decoding="async"
      className={frameClass(small)}
      onError={() => {
        setBroken(true);
      }}
    />
  );
}

function Snippet({
  datasetVersionId,
  sample,
  size,
  alt,
  shown,
}: {
  datasetVersionId: string;
  sample: SampleAddress;
  size: number;
  alt: string;
  shown: boolean;
}) {
  // The id of a sample can come after its place in a list.
  const visual = useVisual(datasetVersionId, shown && sample.sampleId !== '' ? sample : undefined);
  const lines = findLines(visual.data);
  if (lines !== undefined)
    return (
      <div {...said(alt)} className={styles.frame} style={{ width: size, height: size }}>
        <Suspense>
          <LineThumbnailView lines={lines} size={size} />
        </Suspense>
      </div>
    );
  if (visual.data?.kind === 'table')
    return (
      <div {...said(alt)} className={`${styles.frame} ${styles.text}`} style={{ width: size, height: size }}>
        <Suspense>
          <TableThumbnailView table={visual.data} size={size} count={lineCount(size)} />
        </Suspense>
      </div>
    );
  const text =
    visual.data === undefined
      ? shown && !visual.isError
        ? ''
        : sample.sampleId
      : visual.data.snippet.slice(0, 400);
  return (
    <div {...said(alt)} className={`${styles.frame} ${styles.text}`} style={{ width: size, height: size }}>
      <div style={{ height: lineCount(size) * LINE_PX }}>{text}</div>
    </div>
  );
}

/** The lines of a series, or the wave of a sound; undefined for other kinds. */
const findLines = (visual: Visual | undefined): readonly ArrayLike<number>[] | undefined =>
  visual?.kind === 'series'
    ? Object.values(visual.series)
    : visual?.kind === 'audio'
      ? visual.channels
      : undefined;

/** Number of lines that fit between the paddings of a frame, none of them cut. */
const lineCount = (size: number): number => Math.floor((size - 8) / LINE_PX);

/** A picture with that name, or none at all for whoever does not see it. */
const said = (alt: string) => (alt === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': alt });

const frameClass = (small: boolean): string =>
  `${styles.frame} ${styles.picture}${small ? ' pixelated' : ''}`;

/** The sheet, moved and sized so that the tile fills the frame. */
function tileStyle(
  sheet: { readonly url: string; readonly width: number },
  { row, pixels, size }: { readonly row: number; readonly pixels: number; readonly size: number },
): CSSProperties {
  const { column, line } = toTile(row);
  const across = Math.max(1, Math.round(sheet.width / pixels)) || TILES_ACROSS;
  return {
    backgroundImage: `url("${sheet.url}")`,
    backgroundSize: `${across * size}px auto`,
    backgroundPosition: `${-column * size}px ${-line * size}px`,
  };
}
