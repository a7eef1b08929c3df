import { apiSettings } from '@noema/host';
import type { z } from 'zod';

/** Settings of the workspace service. */
export const workspaceSettings = apiSettings;
export type WorkspaceConfig = z.output<typeof workspaceSettings>;
