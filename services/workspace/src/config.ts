import { flag, integer, secret, text } from '@noema/config';
import { apiSettings, databaseSettings, processSettings } from '@noema/host';
import * as z from 'zod';
import { keyRingFault } from './crypto/key-ring.js';

/** Settings of the workspace service. */
export const workspaceSettings = z.object({
  ...apiSettings.shape,
  secretsKey: secret(
    text()
      .superRefine((v, ctx) => {
        const fault = keyRingFault(v);
        if (fault !== undefined) ctx.addIssue({ code: 'custom', message: fault });
      })
      .optional()
      .describe(
        '32 random bytes in base64 that seal secrets, or several as `id:base64,id:base64`: the first ' +
          'seals, all open; without it secrets are refused',
      ),
  ),
  adminsSetQuotas: flag()
    .default(false)
    .describe('let the admins of a team change its quota; else only the operator does, by `set-quota`'),
  teamRequestsPerMinute: integer({ min: 0, max: 1_000_000_000 })
    .default(0)
    .describe(
      'requests a minute that a new team may send to each gateway and each service instance when its ' +
        'quota is not set; 0 for no limit',
    ),
  teamRunningJobs: integer({ min: 0, max: 1_000_000 })
    .default(32)
    .describe(
      'jobs of a new team that run at the same time when its quota is not set; further ones wait; 0 ' +
        'for no limit',
    ),
});
export type WorkspaceConfig = z.output<typeof workspaceSettings>;

/** Settings of the operator's commands: the settings of the service that they need. */
export const operatorSettings = z.object({
  ...processSettings.shape,
  ...databaseSettings.shape,
  secretsKey: workspaceSettings.shape.secretsKey,
  teamRequestsPerMinute: workspaceSettings.shape.teamRequestsPerMinute,
  teamRunningJobs: workspaceSettings.shape.teamRunningJobs,
});
export type OperatorConfig = z.output<typeof operatorSettings>;
