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

/** Starts the service on a database of its own, as it runs in production. */
export async function startWorkspace() {
  const postgres = await startPostgres();
  const adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  const signer = new TokenSigner(key);
  const env = {
    NOEMA_DATABASE_ADMIN_URL: adminUrl, NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'workspace', 'pass/word'),
    NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey, NOEMA_SECRETS_KEY: randomBytes(32).toString('base64'),
  };
  const app = await startService(workspace, env, { logger: silentLogger });
  const connection = new Connection(app.address);
  const as = <S extends DescService>(service: S, token?: string): ServiceClient<S> => createClient(service, { address: connection, token });
  const tokenOf = async (role: Role, teamId: string, subject = 'somebody'): Promise<string> => (await signer.sign({ teamId, subject, role })).token;

  /** A fresh team: its id, its admin, and a token by its first key. */
  const newTeam = async (displayName = 'Digits') => {
    const teamId = uuidv7();
    const created = await as(TeamService, await tokenOf('service', teamId, 'operator')).createTeam({ teamId, displayName, adminDisplayName: 'Ann', adminEmail: 'ann@example.org' });
    const { accessToken } = await as(TokenService).exchangeApiKey({ apiKey: created.adminApiKey });
    return { teamId, adminId: created.admin!.id, apiKey: created.adminApiKey, token: accessToken, as: <S extends DescService>(service: S, token = accessToken) => as(service, token) };
  };
  const stop = async (): Promise<void> => {
    connection.close();
    await app.close();
    await postgres.stop();
  };
  return { postgres, adminUrl, env, app, as, tokenOf, newTeam, stop };
}
