import { randomBytes } from 'node:crypto';
import { generateSigningKey, type Role, TokenSigner } from '@noema/auth';
import { Role as MemberRole } from '@noema/contracts/noema/workspace/v1/member';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { startGateway } from '@noema/gateway';
import { Connection, createClient } from '@noema/grpc';
import { serviceUrl, startService } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { freePorts } from '@noema/local-servers';
import { silentLogger } from '@noema/observability';
import { startIdentityProvider, startPostgres, type TestPerson } from '@noema/testing';
import { workspace } from '@noema/workspace';

const CLIENT = { clientId: 'noema', clientSecret: 'a secret of the test' };

/**
 * A platform at which people sign in by a real OpenID provider: workspace, gateway and page; of the rest
 * nothing runs.
 */
export type PeoplePlatform = Awaited<ReturnType<typeof startPeoplePlatform>>;

export async function startPeoplePlatform(people: Readonly<Record<string, TestPerson>>, pageDir: string) {
  const [postgres, key, [port]] = [await startPostgres(), await generateSigningKey(), await freePorts(1)];
  const adminUrl = await postgres.createDatabase();
  const url = `http://127.0.0.1:${port}`;
  const provider = await startIdentityProvider({
    ...CLIENT,
    people,
    redirectUris: [`${url}/oidc/callback`],
    signedOutUris: [`${url}/sign-in`],
  });
  const keys = { NOEMA_AUTH_JWKS: key.jwks, NOEMA_AUTH_PRIVATE_KEY: key.privateKey };
  const service = await startService(
    workspace,
    {
      ...keys,
      NOEMA_DATABASE_ADMIN_URL: adminUrl,
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'workspace', 'secret'),
    },
    { logger: silentLogger },
  );
  const gateway = await startGateway(
    {
      ...keys,
      NOEMA_SERVICES: `workspace=${service.address}`,
      NOEMA_HTTP_ADDRESS: `127.0.0.1:${port}`,
      NOEMA_GRPC_ADDRESS: '127.0.0.1:0',
      NOEMA_SESSION_SECRET: randomBytes(32).toString('base64'),
      NOEMA_PAGE_DIR: pageDir,
      NOEMA_DRAIN_MS: '100',
      NOEMA_PUBLIC_URL: url,
      NOEMA_OIDC_ISSUER: provider.issuer,
      NOEMA_OIDC_CLIENT_ID: CLIENT.clientId,
      NOEMA_OIDC_CLIENT_SECRET: CLIENT.clientSecret,
      NOEMA_OIDC_NAME: 'Example ID',
    },
    { logger: silentLogger },
  );
  const connection = new Connection(service.address);
  const signer = new TokenSigner(key);
  const as = (teamId: string, role: Role) => ({
    address: connection,
    token: async () => (await signer.sign({ teamId, subject: 'operator', role })).token,
  });

  /**
   * A team with an admin, members by their addresses, and a project of the same name; returns the admin's
   * key.
   */
  const addTeam = async (displayName: string, emails: readonly string[]): Promise<string> => {
    const teamId = uuidv7();
    const { adminApiKey } = await createClient(TeamService, as(teamId, 'service')).createTeam({
      teamId,
      displayName,
      adminDisplayName: 'Admin',
      adminEmail: `admin-${teamId}@example.org`,
    });
    for (const email of emails)
      await createClient(MemberService, as(teamId, 'admin')).createMember({
        displayName: email.split('@')[0]!,
        email,
        role: MemberRole.EDITOR,
      });
    await createClient(ProjectService, as(teamId, 'editor')).createProject({
      displayName: `${displayName}'s project`,
    });
    return adminApiKey;
  };
  const close = async (): Promise<void> => {
    connection.close();
    await gateway.close();
    await service.close();
    await Promise.all([provider.stop(), postgres.stop()]);
  };
  return { url, provider, addTeam, close };
}
