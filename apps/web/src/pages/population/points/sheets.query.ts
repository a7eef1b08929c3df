import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { hasPictures, sheetUrl, tilePixels, TILES } from '../../../features/sample/visual-sheet.js';
import { visualSheetQuery } from '../../../features/sample/visual-sheet.query.js';
import { whenIdle } from '../../../parts/when-idle.js';

/** Samples up to which all pictures are loaded ahead. */
export const SHEETS_UP_TO = 20_000;
/** Sheets that are under way at a time. */
const AT_ONCE = 2;

/** Loads all sheets of pictures in quiet moments, so that a hover finds its picture there. */
export function usePrefetchedSheets(version: DatasetVersion, isReady: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isReady || version.sampleCount > SHEETS_UP_TO || !hasPictures(version)) return undefined;
    let left = false;
    const pixels = tilePixels(version, 84);
    const sheets = Math.ceil(version.sampleCount / TILES);
    const cancel = whenIdle(() => {
      let next = 0;
      const work = async (): Promise<void> => {
        while (!left && next < sheets)
          await client.prefetchQuery(visualSheetQuery(sheetUrl(version.id, next++ * TILES, pixels)));
      };
      for (let i = 0; i < AT_ONCE; i++) void work();
    });
    return () => {
      left = true;
      cancel();
    };
  }, [client, version, isReady]);
}
