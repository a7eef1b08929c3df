import { integer } from '@noema/config';
import { heavySettings } from '@noema/host';
import { z } from 'zod';

/** Settings of the projection service and of its workers. */
export const projectionSettings = z.object({
  ...heavySettings.shape,
  mapThreads: integer({ min: 0, max: 256 }).default(0).describe('threads that make one map; 0 for one per core, and the map is the same for any number'),
});

export type ProjectionConfig = z.output<typeof projectionSettings>;
