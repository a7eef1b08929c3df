import { Registry } from '@noema/kernel/registry';
import { audioKind, type AudioVisual, type StoredAudio } from './audio.visual.js';
import { barsKind, type BarsVisual } from './bars.visual.js';
import { boxesKind, type BoxesVisual, type StoredBoxes } from './boxes.visual.js';
import { graphKind, type GraphVisual, type StoredGraph } from './graph.visual.js';
import { imageKind, type ImageVisual } from './image.visual.js';
import { maskKind, type MaskVisual, type StoredMask } from './mask.visual.js';
import { seriesKind, type SeriesVisual } from './series.visual.js';
import { spansKind, type SpansVisual, type StoredSpans } from './spans.visual.js';
import { tableKind, type TableVisual } from './table.visual.js';
import { textKind, type TextVisual } from './text.visual.js';
import { tokensKind, type TokensVisual } from './tokens.visual.js';
import { type StoredVideo, videoKind, type VideoVisual } from './video.visual.js';
import type { VisualKind } from './visual-kind.js';

export { annotatePicture, pictureSize, type PictureSize } from './annotated-picture.js';
export { audio, type StoredAudio } from './audio.visual.js';
export { bars, type BarsVisual } from './bars.visual.js';
export { type Box, boxCorners, imageWithBoxes, type StoredBox, type StoredBoxes } from './boxes.visual.js';
export { labelColor, labelRgb } from './class-labels.js';
export { graph, type GraphEdge, type GraphNode, type StoredGraph } from './graph.visual.js';
export { image } from './image.visual.js';
export {
  forEachRun,
  imageWithMask,
  isHatched,
  type MaskOptions,
  type StoredMask,
  type StoredRegion,
} from './mask.visual.js';
export { axisPosition, series, type SeriesAxis, type SeriesVisual } from './series.visual.js';
export { type Span, spans, type StoredSpan, type StoredSpans } from './spans.visual.js';
export { type Offset, sliceTokens } from './token-offsets.js';
export { spansOfTags, tagNames, wordOffsets } from './tag-spans.js';
export { type RowPositions, table, type TableVisual } from './table.visual.js';
export { text } from './tokens.visual.js';
export { type StoredVideo, video } from './video.visual.js';
export { isPictureType, type PixelGrid, storedText, type VisualKind } from './visual-kind.js';

/** Result of a visualizer, shown to people. */
export type Visual =
  | ImageVisual
  | BoxesVisual
  | MaskVisual
  | TextVisual
  | TokensVisual
  | SpansVisual
  | SeriesVisual
  | TableVisual
  | BarsVisual
  | GraphVisual
  | AudioVisual
  | VideoVisual;

/** A stored visual; a plain picture is decoded by the browser. */
export type StoredVisual =
  | StoredBoxes
  | StoredMask
  | TextVisual
  | TokensVisual
  | StoredSpans
  | SeriesVisual
  | TableVisual
  | BarsVisual
  | StoredGraph
  | StoredAudio
  | StoredVideo;

/** All kinds of visual. A new one is one file, and its lines here. */
export const visualKinds = new Registry<VisualKind>('visual kind', [
  imageKind,
  boxesKind,
  maskKind,
  textKind,
  tokensKind,
  spansKind,
  seriesKind,
  tableKind,
  barsKind,
  graphKind,
  audioKind,
  videoKind,
]);
