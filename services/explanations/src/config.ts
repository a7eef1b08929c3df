import { engineSettings, heavySettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the explanations service and its workers. */
export const explanationsSettings = z.object({ ...heavySettings.shape, ...engineSettings.shape });

export type ExplanationsConfig = z.output<typeof explanationsSettings>;
