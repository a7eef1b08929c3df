import { type PixelGrid, storedText, visualKinds } from '@noema/integration';
import { visualizerNotFound } from '../dataset-version/dataset-version.errors.js';
import type { DatasetContent } from '../dataset-version/dataset-version.js';
import { visualizerMakesNoPictures } from './visual.errors.js';

type Visualizer = DatasetContent['visualizers'][number];

const makesPictures = ({ mediaType }: Visualizer): boolean => mediaType.startsWith('image/');

/** The visualizer of that name, the first for `default`. Throws `not-found` VISUALIZER_NOT_FOUND. */
export function findVisualizer({ visualizers }: DatasetContent, name: string): Visualizer {
  const found = name === 'default' ? visualizers[0] : visualizers.find((v) => v.name === name);
  if (found === undefined)
    throw visualizerNotFound(
      name,
      visualizers.map((v) => v.name),
    );
  return found;
}

/**
 * As `findVisualizer`; throws `precondition` VISUALIZER_MAKES_NO_PICTURES for one that makes texts or tables.
 */
export function findPictures(content: DatasetContent, name: string): Visualizer {
  const found = findVisualizer(content, name);
  if (!makesPictures(found))
    throw visualizerMakesNoPictures(
      found.name,
      found.mediaType,
      content.visualizers.filter(makesPictures).map((v) => v.name),
    );
  return found;
}

/**
 * Returns a function that draws the annotations of pictures of that media type on their tiles; undefined for
 * types without annotations.
 */
export function findAnnotator(
  mediaType: string,
): ((picture: Uint8Array, tile: PixelGrid) => void) | undefined {
  const kind = visualKinds.values().find((one) => one.mediaType === mediaType);
  if (kind?.read === undefined || kind.paint === undefined) return undefined;
  return (picture, tile) => {
    const text = storedText(mediaType, picture);
    if (text !== undefined) kind.paint?.(kind.read!(text), tile);
  };
}
