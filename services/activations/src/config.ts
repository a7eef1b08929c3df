import { engineSettings, heavySettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the activations service and its workers. */
export const activationsSettings = z.object({ ...heavySettings.shape, ...engineSettings.shape });

export type ActivationsConfig = z.output<typeof activationsSettings>;
