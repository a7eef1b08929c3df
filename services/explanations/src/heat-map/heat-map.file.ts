import { heatMapNotFound } from '../analysis/analysis.errors.js';
import type { HeatMapEntry } from '../analysis/analysis.js';
import type { AnalysisArtifactStore } from './analysis-artifacts.store.js';

/** Its picture (PNG) or its numbers (Arrow `values`). */
export type HeatMapPart = 'picture' | 'values';

/** One stored file of a heat map. */
export interface HeatMapFile {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly mediaType: string;
}

/**
 * Reads a file of one of an analysis's heat maps. Throws `not-found` HEAT_MAP_NOT_FOUND that names those
 * there are.
 */
export async function readHeatMap(
  artifacts: Pick<AnalysisArtifactStore, 'read'>,
  heatMaps: readonly HeatMapEntry[],
  id: string,
  part: HeatMapPart,
): Promise<HeatMapFile> {
  const found = heatMaps.find((map) => map.id === id);
  if (found === undefined)
    throw heatMapNotFound(
      id,
      heatMaps.map((map) => map.id),
    );
  const { [part]: ref } = found;
  return { bytes: await artifacts.read(ref), sha256: ref.sha256, mediaType: ref.mediaType };
}
