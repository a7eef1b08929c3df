import { randomBytes } from 'node:crypto';
import type { DescService } from '@bufbuild/protobuf';
import type { Role } from '@noema/auth';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { Connection, createClient, type ServiceClient } from '@noema/grpc';
import { serviceUrl, startService } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { serviceTest, startPostgres, startTestbed } from '@noema/testing';
import { workspace } from '../src/index.js';

/** Starts the service on a database of its own, as it runs in production. */
export async function startWorkspace() {
  const postgres = await startPostgres();
  const bed = await startTestbed({ postgres });
  const { adminUrl, opened } = bed;
  const env = {
    ...bed.env,
    NOEMA_AUTH_JWKS: bed.env['NOEMA_AUTH_JWKS']!,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'workspace', 'pass/word'),
    NOEMA_SECRETS_KEY: randomBytes(32).toString('base64'),
    NOEMA_ADMINS_SET_QUOTAS: 'true',
  };
  const signToken = (role: Role, teamId: string, subject = 'somebody'): Promise<string> =>
    bed.signToken(teamId, role, subject);

  /** Starts an instance on the database and with the keys of the others; `change` replaces settings. */
  const startInstance = async (change: Readonly<Record<string, string>> = {}) => {
    const { app } = await serviceTest(bed, {
      start: (settings) => startService(workspace, settings, { logger: silentLogger }),
      peerNames: [],
      peers: [],
      env: { ...env, ...change },
    });
    const connection = opened(new Connection(app.address));
    const as = <S extends DescService>(service: S, token?: string): ServiceClient<S> =>
      createClient(service, { address: connection, token });

    /** Creates a team: its id, its admin, and a token by its first key. */
    const newTeam = async (displayName = 'Digits') => {
      const teamId = uuidv7();
      const created = await as(TeamService, await signToken('service', teamId, 'operator')).createTeam({
        teamId,
        displayName,
        adminDisplayName: 'Ann',
        adminEmail: 'ann@example.org',
      });
      const { accessToken } = await as(TokenService).exchangeApiKey({ apiKey: created.adminApiKey });
      return {
        teamId,
        adminId: created.admin!.id,
        apiKey: created.adminApiKey,
        token: accessToken,
        as: <S extends DescService>(service: S, token = accessToken) => as(service, token),
      };
    };
    return { app, as, newTeam };
  };
  const stop = async (): Promise<void> => {
    await bed.stop();
    await postgres.stop();
  };
  return { postgres, adminUrl, env, signToken, startInstance, ...(await startInstance()), stop };
}
