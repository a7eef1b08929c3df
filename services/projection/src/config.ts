import { integer } from '@noema/config';
import { heavySettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the projection service and of its workers. */
export const projectionSettings = z.object({
  ...heavySettings.shape,
  mapThreads: integer({ min: 0, max: 256 })
    .default(0)
    .describe('threads that make one map; 0 for one per core, and the map is the same for any number'),
  pointCacheBytes: integer({ min: 0, max: 2 ** 40 })
    .default(256 * 2 ** 20)
    .describe(
      'memory that the columns of points used last may take in the API, so that the next request for ' +
        'them reads nothing',
    ),
});

export type ProjectionConfig = z.output<typeof projectionSettings>;

/** Returns the threads that make one map; `undefined` for one per core. */
export const readThreads = ({ mapThreads }: Pick<ProjectionConfig, 'mapThreads'>): number | undefined =>
  mapThreads === 0 ? undefined : mapThreads;
