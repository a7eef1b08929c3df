import { integer } from '@noema/config';
import { engineSettings, heavySettings } from '@noema/host';
import { EXACT_UNITS } from '@noema/perception';
import * as z from 'zod';

/** Settings of the activations service and its workers. */
export const activationsSettings = z.object({
  ...heavySettings.shape,
  ...engineSettings.shape,
  exactUnits: integer({ min: 0, max: 8192 })
    .default(EXACT_UNITS)
    .describe(
      'most learned units whose whole covariance is computed; of more, the principal components are ' +
        'searched by a seeded randomized method in passes over the responses',
    ),
});

export type ActivationsConfig = z.output<typeof activationsSettings>;
