import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ApiKeyService } from '@noema/contracts/noema/workspace/v1/api_key_service';
import { AuditService } from '@noema/contracts/noema/workspace/v1/audit_service';
import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { uuidv7 } from '@noema/kernel';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { operate } from '../src/operator/operator.js';
import { startWorkspace } from './running-workspace.js';

let platform: Awaited<ReturnType<typeof startWorkspace>>;
beforeAll(async () => {
  platform = await startWorkspace();
});
afterAll(async () => {
  await platform.stop();
});

const env = () => ({
  NOEMA_DATABASE_URL: platform.env.NOEMA_DATABASE_URL,
  NOEMA_SECRETS_KEY: platform.env.NOEMA_SECRETS_KEY,
});
async function ran<T>(args: readonly string[], over: Record<string, string> = {}): Promise<T> {
  const { code, stdout, stderr } = await operate(args, { ...env(), ...over });
  if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
interface CreatedTeam {
  team: { id: string; displayName: string };
  admin: { id: string };
  adminApiKey?: string;
}
interface CreatedKey {
  apiKey: { id: string; role: string };
  secret: string;
}
const exchange = (apiKey: string) => platform.as(TokenService).exchangeApiKey({ apiKey });

it('a team made from the command line is signed in to by its key; made again it comes without one', async () => {
  const id = uuidv7();
  const args = ['create-team', '--id', id, '--name', 'Digits', '--admin-email', 'ann@example.org'];
  const made = await ran<CreatedTeam>(args);
  expect(made).toMatchObject({ team: { id, displayName: 'Digits' } });
  expect(await exchange(made.adminApiKey!)).toMatchObject({ teamId: id, subject: made.admin.id });
  expect((await ran<CreatedTeam>(args)).adminApiKey).toBeUndefined();
  const { teams } = await ran<{ teams: { id: string }[] }>(['list-teams']);
  expect(teams.map((t) => t.id)).toContain(id);
});

it('makes and ends keys, and the audit log says that it was the operator', async () => {
  const team = await platform.newTeam();
  const made = await ran<CreatedKey>([
    'create-api-key',
    '--team',
    team.teamId,
    '--name',
    'ci',
    '--role',
    'viewer',
    '--days',
    '1',
  ]);
  expect(made.apiKey.role).toBe('ROLE_VIEWER');
  expect(await exchange(made.secret)).toMatchObject({ teamId: team.teamId, subject: team.adminId });
  await ran(['revoke-api-key', '--team', team.teamId, '--key', made.apiKey.id]);
  await expect(exchange(made.secret)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  const { auditEntries } = await team
    .as(AuditService)
    .listAuditEntries({ filter: `resource = "api_key/${made.apiKey.id}"` });
  expect(auditEntries.map((e) => [e.subject, e.action.split('/')[1]])).toEqual([
    ['operator', 'RevokeApiKey'],
    ['operator', 'CreateApiKey'],
  ]);
  expect(
    (await team.as(ApiKeyService).getApiKey({ apiKeyId: made.apiKey.id })).apiKey!.expireTime,
  ).toBeDefined();
});

it('re-wraps all secrets by a new key while the service reads them; then the old key is not needed', async () => {
  const [one, two] = [await platform.newTeam('One'), await platform.newTeam('Two')];
  const names = Array.from({ length: 60 }, (_, n) => `s${n}`); // more than one batch
  for (const name of names) await one.as(SecretService).createSecret({ name, value: `value of ${name}` });
  await two.as(SecretService).createSecret({ name: 'bucket', value: 'hunter2' });
  const NOEMA_SECRETS_KEY = `new:${randomBytes(32).toString('base64')},old:${platform.env.NOEMA_SECRETS_KEY}`;
  const service = one.as(SecretService, await platform.signToken('service', one.teamId, 'datasets'));
  let reading = true;
  const reads = (async () => {
    let read = 0;
    while (reading) {
      await service.openSecret({ name: names[read % names.length]! }).catch((e: unknown) => {
        if ((e as { reason?: string }).reason !== 'SECRET_UNREADABLE') throw e;
      });
      read++;
    }
    return read;
  })();
  const rotated = await ran<{ rewrapped: number; keyId: string }>(['rotate-secrets-key'], {
    NOEMA_SECRETS_KEY,
  });
  reading = false;
  expect(await reads).toBeGreaterThan(0);
  expect(rotated).toMatchObject({ rewrapped: 61, keyId: 'new' });
  expect(await ran(['rotate-secrets-key'], { NOEMA_SECRETS_KEY })).toMatchObject({ rewrapped: 0 });
  const client = new pg.Client(platform.adminUrl);
  await client.connect();
  const { rows } = await client.query<{ key_id: string }>('select distinct key_id from workspace.secret');
  await client.end();
  expect(rows).toEqual([{ key_id: 'new' }]);
  const renewed = await platform.startInstance({
    NOEMA_SECRETS_KEY: NOEMA_SECRETS_KEY.split(',')[0]!,
  });
  const opened = await renewed
    .as(SecretService, await platform.signToken('service', two.teamId, 'datasets'))
    .openSecret({ name: 'bucket' });
  expect(opened.value).toBe('hunter2');
  await ran(['rotate-secrets-key'], {
    NOEMA_SECRETS_KEY: `old:${platform.env.NOEMA_SECRETS_KEY},${NOEMA_SECRETS_KEY.split(',')[0]!}`,
  }); // as the other tests expect it
});

it('sets the limits that it names and leaves the others', async () => {
  const team = await platform.newTeam();
  await ran(['set-quota', '--team', team.teamId, '--max-samples', '1000000', '--max-running-jobs', '4']);
  expect(
    await ran([
      'set-quota',
      '--team',
      team.teamId,
      '--max-stored-bytes',
      '5000000000000',
      '--max-running-jobs',
      '0',
    ]),
  ).toMatchObject({ id: team.teamId, quota: { maxSamples: '1000000', maxStoredBytes: '5000000000000' } });
  expect((await team.as(TeamService).getTeam({ teamId: team.teamId })).team!.quota).toMatchObject({
    maxSamples: 1_000_000n,
    maxStoredBytes: 5_000_000_000_000n,
    maxRunningJobs: 0,
  });
});

it('deletes a team after its name was repeated; what was done stays readable for the operator', async () => {
  const [team, other] = [await platform.newTeam('Gone'), await platform.newTeam('Stays')];
  await team.as(SecretService).createSecret({ name: 's', value: 'v' });
  expect((await operate(['delete-team', '--team', team.teamId, '--confirm', 'gone'], env())).code).toBe(65);
  expect(await ran(['delete-team', '--team', team.teamId, '--confirm', 'Gone'])).toEqual({
    deleted: team.teamId,
  });
  await expect(exchange(team.apiKey)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  await exchange(other.apiKey);
  const { auditEntries } = await ran<{ auditEntries: { action: string; subject: string }[] }>([
    'export-audit',
    '--team',
    team.teamId,
    '--filter',
    'action : "TeamService"',
  ]);
  expect(auditEntries.map((e) => [e.action.split('/')[1], e.subject])).toEqual([
    ['DeleteTeam', 'operator'],
    ['CreateTeam', 'operator'],
  ]);
});

it.each([
  [['frobnicate'], 64, /no command "frobnicate"/],
  [['create-team'], 64, /needs --name/],
  [['create-team', '--name', 'x', '--colour', 'red'], 64, /colour/],
  [['set-quota', '--team', uuidv7()], 64, /no limit/],
  [['set-quota', '--team', uuidv7(), '--max-samples', '-1'], 64, /max-samples/],
  [['set-quota', '--team', uuidv7(), '--max-projects', '3000000000'], 64, /above/],
  [['set-quota', '--team', uuidv7(), '--max-samples', '1'], 65, /TEAM_NOT_FOUND/],
  [[], 64, /usage/],
  [['create-api-key', '--team', 'x', '--name', 'y'], 65, /TEAM_NOT_FOUND/],
  [['create-api-key', '--team', uuidv7(), '--name', 'y'], 65, /TEAM_NOT_FOUND/],
  [
    ['create-api-key', '--team', uuidv7(), '--name', 'y', '--role', 'owner'],
    64,
    /not one of viewer, editor, admin/,
  ],
  [['revoke-api-key', '--team', uuidv7(), '--key', uuidv7()], 65, /API_KEY_NOT_FOUND/],
])('%j ends with %d', async (args, code, why) => {
  const outcome = await operate(args, env());
  expect([outcome.code, outcome.stdout]).toEqual([code, '']);
  expect(outcome.stderr).toMatch(why);
});
it('names missing settings with the code for configuration, and a database that is away', async () => {
  expect(await operate(['list-teams'], {})).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('NOEMA_DATABASE_URL') as string,
  });
  expect(
    await operate(['list-teams'], { NOEMA_DATABASE_URL: 'postgres://noema_workspace:x@127.0.0.1:1/noema' }),
  ).toMatchObject({ code: 69, stderr: expect.stringContaining('DATABASE_UNAVAILABLE') as string });
});

it('is a program of its own, for kubectl exec', async () => {
  const program = fileURLToPath(new URL('../src/operate.js', import.meta.url));
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [program, ...args], { env: env() });
  const { stdout } = await run('create-team', '--name', 'Exec');
  expect((JSON.parse(stdout) as CreatedTeam).adminApiKey).toMatch(/^noema_/);
  await expect(run('create-team')).rejects.toMatchObject({ code: 64 });
});
