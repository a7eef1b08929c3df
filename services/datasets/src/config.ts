import { heavySettings, trustSettings } from '@noema/host';
import { z } from 'zod';

/** Settings of the datasets service and its workers. */
export const datasetsSettings = z.object({ ...heavySettings.shape, ...trustSettings.shape });

export type DatasetsConfig = z.output<typeof datasetsSettings>;
