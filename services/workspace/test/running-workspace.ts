import { randomBytes } from 'node:crypto';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import type { DescService } from '@bufbuild/protobuf';
import { Connection, createClient, type ServiceClient } from '@noema/grpc';
import { serviceUrl, startService } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { startPostgres } from '@noema/testing';
import { workspace } from '../src/index.js';

export interface WorkspaceOptions {
  /** Another instance beside this one, on its database and with its keys. */
  readonly like?: Awaited<ReturnType<typeof newInstallation>>;
  readonly env?: Readonly<Record<string, string>>;
}

async function newInstallation() {
  const postgres = await startPostgres();
  const adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  const env = {
    NOEMA_DATABASE_ADMIN_URL: adminUrl,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'workspace', 'pass/word'),
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_SECRETS_KEY: randomBytes(32).toString('base64'),
    NOEMA_ADMINS_SET_QUOTAS: 'true',
  };
  return { postgres, adminUrl, env, signer: new TokenSigner(key) };
}

/** Starts the service on a database of its own, as it runs in production. */
export async function startWorkspace(options: WorkspaceOptions = {}) {
  const { postgres, adminUrl, env, signer } = options.like ?? (await newInstallation());
  const app = await startService(workspace, { ...env, ...options.env }, { logger: silentLogger });
  const connection = new Connection(app.address);
  const as = <S extends DescService>(service: S, token?: string): ServiceClient<S> =>
    createClient(service, { address: connection, token });
  const tokenOf = async (role: Role, teamId: string, subject = 'somebody'): Promise<string> =>
    (await signer.sign({ teamId, subject, role })).token;

  /** A fresh team: its id, its admin, and a token by its first key. */
  const newTeam = async (displayName = 'Digits') => {
    const teamId = uuidv7();
    const created = await as(TeamService, await tokenOf('service', teamId, 'operator')).createTeam({
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
  const stop = async (): Promise<void> => {
    connection.close();
    await app.close();
    if (options.like === undefined) await postgres.stop();
  };
  return { postgres, adminUrl, env, signer, app, as, tokenOf, newTeam, stop };
}
