import { secret, text } from '@noema/config';
import { apiSettings } from '@noema/host';
import { z } from 'zod';

/** Settings of the workspace service. */
export const workspaceSettings = z.object({
  ...apiSettings.shape,
  secretsKey: secret(text().refine((v) => Buffer.from(v, 'base64').length === 32, 'is not 32 bytes in base64').optional().describe('32 random bytes in base64 that seal secrets; without it secrets are refused')),
});
export type WorkspaceConfig = z.output<typeof workspaceSettings>;
