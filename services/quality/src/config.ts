import { apiSettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the quality service. */
export const qualitySettings = z.object({ ...apiSettings.shape });

export type QualityConfig = z.output<typeof qualitySettings>;
