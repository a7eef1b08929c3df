import { access } from 'node:fs/promises';
import { TokenSigner } from '@noema/auth';
import { ApiKeyService } from '@noema/contracts/noema/workspace/v1/api_key_service';
import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { createClient } from '@noema/grpc';
import { deriveUuid } from '@noema/kernel';
import { writeJson } from './data-directory.js';
import type { Secrets } from './secrets.js';

export interface BootstrapOptions {
  /** Name of the team; its id follows from it. */
  readonly team: string;
  /** Where the workspace service listens. */
  readonly address: string;
  readonly secrets: Secrets;
  /** File that gets the API key. */
  readonly credentials: string;
}

const DEFAULT_PROJECT = 'default';

/**
 * Creates the team with an admin, an API key and a project `default` at the first start; creates a new key
 * when the file with the first one is missing.
 */
export async function bootstrap({ team, address, secrets, credentials }: BootstrapOptions): Promise<void> {
  if (await exists(credentials)) return;
  const teamId = deriveUuid('noema', 'team', team);
  const signer = new TokenSigner({ privateKey: secrets.signingKey.privateKey });
  const asService = async () => (await signer.sign({ teamId, subject: 'standalone', role: 'service' })).token;
  const teams = createClient(TeamService, { address, token: asService, waitForReady: true });
  const made = await teams.createTeam({ teamId, displayName: team, adminDisplayName: 'You' });
  teams.close();
  const memberId = made.admin?.id ?? (await firstAdmin(address, asService));
  const asAdmin = async () => (await signer.sign({ teamId, subject: memberId, role: 'admin' })).token;
  const apiKey = made.adminApiKey === '' ? await newKey(address, asAdmin, memberId) : made.adminApiKey;
  if (made.adminApiKey !== '') await createDefaultProject(address, asAdmin);
  await writeJson(credentials, { team_id: teamId, member_id: memberId, api_key: apiKey });
}

async function firstAdmin(address: string, token: () => Promise<string>): Promise<string> {
  const client = createClient(MemberService, { address, token });
  const { members } = await client.listMembers({ pageSize: 1000 });
  client.close();
  const admin = members.find((m) => m.role === Role.ADMIN);
  if (admin === undefined) throw new Error('the team has no admin');
  return admin.id;
}

async function createDefaultProject(address: string, token: () => Promise<string>): Promise<void> {
  const client = createClient(ProjectService, { address, token });
  await client.createProject({ displayName: DEFAULT_PROJECT, requestId: DEFAULT_PROJECT });
  client.close();
}

async function newKey(address: string, token: () => Promise<string>, memberId: string): Promise<string> {
  const client = createClient(ApiKeyService, { address, token });
  const { secret } = await client.createApiKey({ displayName: 'standalone', memberId });
  client.close();
  return secret;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
