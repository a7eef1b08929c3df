import { createCipheriv, createHash } from 'node:crypto';
import { create, toJson } from '@bufbuild/protobuf';
import { timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import { TokenVerifier } from '@noema/auth';
import { ApiKeyService } from '@noema/contracts/noema/workspace/v1/api_key_service';
import { AuditService } from '@noema/contracts/noema/workspace/v1/audit_service';
import { IdentityService } from '@noema/contracts/noema/workspace/v1/identity_service';
import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { MemberService } from '@noema/contracts/noema/workspace/v1/member_service';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { CreateSecretRequestSchema, SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { startService } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { assertRowLevelSecurity } from '@noema/postgres';
import { reachedByTrespass, reachedWithout, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspace } from '../src/index.js';
import { startWorkspace } from './running-workspace.js';

let platform: Awaited<ReturnType<typeof startWorkspace>>;
beforeAll(async () => {
  platform = await startWorkspace();
});
afterAll(async () => {
  await platform.stop();
});

const served = () =>
  [
    ProjectService,
    MemberService,
    ApiKeyService,
    TeamService,
    TokenService,
    SecretService,
    AuditService,
    IdentityService,
    UsageService,
  ].map((service) => ({ service, address: platform.app.address }));
/** Every row of every table, as text. */
async function wholeDatabase(): Promise<string> {
  const client = new pg.Client(platform.adminUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname in ('workspace', 'bus')",
    );
    const texts = [];
    for (const { name } of rows)
      texts.push(
        JSON.stringify(
          (await client.query(`select t::text from workspace.${name} t`).catch(() => ({ rows: [] }))).rows,
        ),
      );
    return texts.join('');
  } finally {
    await client.end();
  }
}

const notFound = { kind: 'not-found' };

describe('a session of a browser', () => {
  const ended = { kind: 'unauthenticated', reason: 'SESSION_INVALID' };
  it('RELIABILITY 44: gets no token once it has ended, in whatever team; its key does', async () => {
    const [mine, theirs, sessionId] = [await platform.newTeam(), await platform.newTeam(), uuidv7()];
    const exchange = (apiKey: string, id = sessionId) =>
      platform.as(TokenService).exchangeApiKey({ apiKey, sessionId: id });
    expect((await exchange(mine.apiKey)).teamId).toBe(mine.teamId);
    for (let n = 0; n < 2; n++) await mine.as(TokenService).endSession({ sessionId });
    for (const { apiKey } of [mine, theirs]) await expect(exchange(apiKey)).rejects.toMatchObject(ended);
    for (const id of ['', uuidv7()]) expect((await exchange(mine.apiKey, id)).teamId).toBe(mine.teamId);
    const gateway = platform.as(IdentityService, await platform.signToken('service', mine.teamId, 'gateway'));
    await expect(
      gateway.exchangeIdentity({ issuer: 'https://id.example.org', subject: 'ann', sessionId }),
    ).rejects.toMatchObject(ended);
  });
  it('has a UUID', async () => {
    const team = await platform.newTeam();
    for (const sessionId of ['', 'x'])
      await expect(team.as(TokenService).endSession({ sessionId })).rejects.toMatchObject({
        reason: 'SESSION_ID_INVALID',
      });
    await expect(
      platform.as(TokenService).exchangeApiKey({ apiKey: team.apiKey, sessionId: 'x' }),
    ).rejects.toMatchObject({ reason: 'SESSION_ID_INVALID' });
  });
  it('is forgotten when it would be over anyway', async () => {
    const [team, old] = [await platform.newTeam(), uuidv7()];
    await team.as(TokenService).endSession({ sessionId: old });
    const client = new pg.Client(platform.adminUrl);
    await client.connect();
    try {
      await client.query(
        "update workspace.ended_session set ended_at = now() - interval '32 days' where id = $1",
        [old],
      );
      await team.as(TokenService).endSession({ sessionId: uuidv7() });
      expect(
        (await client.query('select 1 from workspace.ended_session where id = $1', [old])).rowCount,
      ).toBe(0);
    } finally {
      await client.end();
    }
  });
});

describe('people whom an identity provider vouches for', () => {
  const issuer = 'https://id.example.org';
  const gateway = async (teamId = uuidv7()) =>
    platform.as(IdentityService, await platform.signToken('service', teamId, 'gateway'));
  const signIn = async (subject: string, verifiedEmail = '', from = issuer) =>
    (await (await gateway()).signInIdentity({ issuer: from, subject, verifiedEmail })).memberships;
  const exchange = async (teamId: string, subject: string) =>
    (await gateway(teamId)).exchangeIdentity({ issuer, subject });
  const unknown = { kind: 'unauthenticated', reason: 'IDENTITY_UNKNOWN' };
  /** A team with a member of that address. */
  const inviting = async (email: string, displayName = 'Digits') => {
    const team = await platform.newTeam(displayName);
    const { member } = await team
      .as(MemberService)
      .createMember({ displayName: 'Bob', email, role: Role.EDITOR });
    return { ...team, memberId: member!.id };
  };
  const address = () => `${uuidv7()}@example.org`;

  it(
    'become the members with their verified address, in every team that has added it, and stay them ' +
      'without it',
    async () => {
      const [email, subject] = [address(), uuidv7()];
      const [b, a] = [await inviting(email.toUpperCase(), 'Beta'), await inviting(email, 'Alpha')];
      await inviting(address());
      expect(await signIn(subject)).toEqual([]);
      const bound = await signIn(subject, email);
      expect(bound.map((m) => [m.teamId, m.teamDisplayName, m.memberId, m.role])).toEqual([
        [a.teamId, 'Alpha', a.memberId, Role.EDITOR],
        [b.teamId, 'Beta', b.memberId, Role.EDITOR],
      ]);
      expect(await signIn(subject)).toEqual(bound);
      const { accessToken, ...rest } = await exchange(b.teamId, subject);
      expect(rest).toMatchObject({ teamId: b.teamId, subject: b.memberId, role: Role.EDITOR });
      expect(await new TokenVerifier({ jwks: platform.env.NOEMA_AUTH_JWKS }).verify(accessToken)).toEqual({
        teamId: b.teamId,
        subject: b.memberId,
        role: 'editor',
      });
      expect((await a.as(AuditService).listAuditEntries({})).auditEntries[0]).toMatchObject({
        action: 'noema.workspace.v1.IdentityService/SignInIdentity',
        subject: a.memberId,
        resource: `member/${a.memberId}`,
        details: { issuer, subject, email },
      });
    },
  );
  it('are not members without an address that somebody added', async () => {
    expect(await signIn(uuidv7(), address())).toEqual([]);
    const { teamId } = await platform.newTeam();
    await expect(exchange(teamId, uuidv7())).rejects.toMatchObject(unknown);
    await expect((await gateway()).signInIdentity({ issuer, subject: '' })).rejects.toMatchObject({
      reason: 'IDENTITY_INCOMPLETE',
    });
  });
  it('do not take over a member whose address the provider has given to somebody else', async () => {
    const email = address();
    const team = await inviting(email);
    expect(await signIn('first', email)).toHaveLength(1);
    expect(await signIn('second', email)).toEqual([]);
    await expect(exchange(team.teamId, 'second')).rejects.toMatchObject(unknown);
    expect(await signIn('second', email, 'https://other.example.org')).toHaveLength(1);
  });
  it('are the same one member when they sign in many times at once', async () => {
    const [email, subject] = [address(), uuidv7()];
    await inviting(email);
    const all = await Promise.all(Array.from({ length: 8 }, () => signIn(subject, email)));
    expect(new Set(all.map((m) => JSON.stringify(m))).size).toBe(1);
    expect(all[0]).toHaveLength(1);
  });
  it("act with the member's current role, and no more once the member is deleted or has another address", async () => {
    const [email, subject] = [address(), uuidv7()];
    const team = await inviting(email);
    await signIn(subject, email);
    const members = team.as(MemberService);
    await members.updateMember({
      member: { id: team.memberId, role: Role.VIEWER },
      updateMask: { paths: ['role'] },
    });
    expect((await exchange(team.teamId, subject)).role).toBe(Role.VIEWER);
    await members.updateMember({
      member: { id: team.memberId, email: address() },
      updateMask: { paths: ['email'] },
    });
    await expect(exchange(team.teamId, subject)).rejects.toMatchObject(unknown);
    await members.updateMember({ member: { id: team.memberId, email }, updateMask: { paths: ['email'] } });
    expect(await signIn(subject, email)).toHaveLength(1);
    await members.deleteMember({ memberId: team.memberId });
    await expect(exchange(team.teamId, subject)).rejects.toMatchObject(unknown);
    expect(await signIn(subject, email)).toEqual([]);
  });
  it('are for services alone', async () => {
    const team = await platform.newTeam();
    for (const call of [
      () => team.as(IdentityService).signInIdentity({ issuer, subject: 'x' }),
      () => team.as(IdentityService).exchangeIdentity({ issuer, subject: 'x' }),
    ])
      await expect(call()).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('signing in', () => {
  it('a team comes with an admin and a key, the key becomes a token that any service can verify', async () => {
    const team = await platform.newTeam();
    expect(team.apiKey).toMatch(/^noema_[0-9a-f]{12}_/);
    const { apiKeys } = await team.as(ApiKeyService).listApiKeys({});
    const apiKeyId = apiKeys[0]!.id;
    expect(await new TokenVerifier({ jwks: platform.env.NOEMA_AUTH_JWKS }).verify(team.token)).toEqual({
      teamId: team.teamId,
      subject: team.adminId,
      role: 'admin',
      apiKeyId,
    });
    expect(await team.as(TokenService).getSelf({})).toMatchObject({
      team: { id: team.teamId, displayName: 'Digits' },
      subject: team.adminId,
      role: Role.ADMIN,
      member: { displayName: 'Ann' },
      apiKeyId,
    });
    const service = await platform.signToken('service', team.teamId);
    expect(await platform.as(TokenService, service).getSelf({})).toMatchObject({ apiKeyId: '' });
  });
  it('the same team again comes without a key', async () => {
    const { teamId, adminId } = await platform.newTeam();
    const again = await platform
      .as(TeamService, await platform.signToken('service', teamId))
      .createTeam({ teamId, displayName: 'Other', adminDisplayName: 'Eve' });
    expect(again).toMatchObject({
      team: { id: teamId, displayName: 'Digits' },
      admin: { id: adminId },
      adminApiKey: '',
    });
  });
  it.each(['', 'noema_x', `noema_${'0'.repeat(12)}_${'A'.repeat(43)}`])(
    'no token for the key %j',
    async (apiKey) => {
      await expect(platform.as(TokenService).exchangeApiKey({ apiKey })).rejects.toMatchObject({
        kind: 'unauthenticated',
        reason: 'API_KEY_INVALID',
      });
    },
  );
  it('no token for a right prefix with a wrong secret', async () => {
    const { apiKey } = await platform.newTeam();
    await expect(
      platform.as(TokenService).exchangeApiKey({ apiKey: `${apiKey.slice(0, -6)}AAAAAA` }),
    ).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  });
  it('no team is made by a person', async () => {
    const { token } = await platform.newTeam();
    await expect(
      platform.as(TeamService, token).createTeam({ displayName: 'x', adminDisplayName: 'y' }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
  });
});

describe('API keys', () => {
  it('are shown once, kept as a hash, listed without a secret', async () => {
    const team = await platform.newTeam();
    const keys = team.as(ApiKeyService);
    const { apiKey, secret } = await keys.createApiKey({
      displayName: 'ci',
      role: Role.VIEWER,
      requestId: 'r1',
    });
    expect(secret).toMatch(new RegExp(`^noema_${apiKey!.prefix}_`));
    expect(await keys.createApiKey({ displayName: 'ci', role: Role.VIEWER, requestId: 'r1' })).toMatchObject({
      apiKey: { id: apiKey!.id },
      secret: '',
    });
    const shown = JSON.stringify(
      [await keys.listApiKeys({}), await keys.getApiKey({ apiKeyId: apiKey!.id })],
      (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v),
    );
    expect(shown).not.toContain(secret.slice(-20));
    expect(shown).not.toContain('hash');
    const { accessToken, role } = await platform.as(TokenService).exchangeApiKey({ apiKey: secret });
    expect(role).toBe(Role.VIEWER);
    await expect(
      team.as(ProjectService, accessToken).createProject({ displayName: 'p' }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await keys.getApiKey({ apiKeyId: apiKey!.id })).apiKey!.lastUseTime).toBeDefined();
  });
  it('end when revoked, when they expire, and with their member', async () => {
    const team = await platform.newTeam();
    const keys = team.as(ApiKeyService);
    const exchange = (apiKey: string) => platform.as(TokenService).exchangeApiKey({ apiKey });
    const revoked = await keys.createApiKey({ displayName: 'old' });
    const first = await keys.revokeApiKey({ apiKeyId: revoked.apiKey!.id });
    expect((await keys.revokeApiKey({ apiKeyId: revoked.apiKey!.id })).apiKey!.revokeTime).toEqual(
      first.apiKey!.revokeTime,
    );
    await expect(exchange(revoked.secret)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
    await expect(
      keys.createApiKey({ displayName: 'late', expireTime: timestampFromDate(new Date(Date.now() - 1000)) }),
    ).rejects.toMatchObject({ reason: 'EXPIRE_TIME_PASSED' });
    const { member } = await team.as(MemberService).createMember({ displayName: 'bot', role: Role.EDITOR });
    const theirs = await keys.createApiKey({ displayName: 'bot', memberId: member!.id, role: Role.ADMIN });
    expect((await exchange(theirs.secret)).role).toBe(Role.EDITOR); // never more than its member
    await team
      .as(MemberService)
      .updateMember({ member: { id: member!.id, role: Role.VIEWER }, updateMask: { paths: ['role'] } });
    expect((await exchange(theirs.secret)).role).toBe(Role.VIEWER); // also when the member becomes less
    await team.as(MemberService).deleteMember({ memberId: member!.id });
    await expect(exchange(theirs.secret)).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  });
  it('stays revoked when an exchange that read it before notes its use after the revocation', async () => {
    const team = await platform.newTeam();
    const keys = team.as(ApiKeyService);
    const exchange = () => platform.as(TokenService).exchangeApiKey({ apiKey: secret });
    const { apiKey, secret } = await keys.createApiKey({ displayName: 'raced' });
    const client = new pg.Client(platform.adminUrl);
    await client.connect();
    try {
      // The exchange reads the key first and its member next: there it waits until the lock is released.
      await client.query('begin; lock table workspace.member');
      const early = exchange();
      await waitFor(
        async () =>
          (
            await client.query(
              "select 1 from pg_locks where not granted and relation = 'workspace.member'::regclass",
            )
          ).rowCount === 1,
        { what: 'the exchange to wait for the table of members' },
      );
      await keys.revokeApiKey({ apiKeyId: apiKey!.id });
      await client.query('commit');
      await early;
    } finally {
      await client.end();
    }
    const { apiKey: after } = await keys.getApiKey({ apiKeyId: apiKey!.id });
    expect(after).toMatchObject({ revokeTime: expect.anything(), lastUseTime: expect.anything() });
    await expect(exchange()).rejects.toMatchObject({ reason: 'API_KEY_INVALID' });
  });
});

describe('members', () => {
  it('a team keeps an admin, also when two go at the same time', async () => {
    const team = await platform.newTeam();
    const members = team.as(MemberService);
    await expect(members.deleteMember({ memberId: team.adminId })).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'LAST_ADMIN',
    });
    const { member } = await members.createMember({
      displayName: 'Bea',
      email: 'bea@example.org',
      role: Role.ADMIN,
    });
    const results = await Promise.allSettled(
      [team.adminId, member!.id].map((id) => members.updateMember({ member: { id, role: Role.VIEWER } })),
    );
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });
  it('e-mail addresses are unique in a team whatever their case, and free in another', async () => {
    const [one, two] = [await platform.newTeam(), await platform.newTeam()];
    await expect(
      one.as(MemberService).createMember({ displayName: 'x', email: 'ANN@example.org', role: Role.VIEWER }),
    ).rejects.toMatchObject({ kind: 'exists', reason: 'MEMBER_EMAIL_TAKEN' });
    await one
      .as(MemberService)
      .createMember({ displayName: 'x', email: 'bea@example.org', role: Role.VIEWER });
    await two
      .as(MemberService)
      .createMember({ displayName: 'x', email: 'bea@example.org', role: Role.VIEWER });
  });
  it.each([
    [{ displayName: ' ' }, 'DISPLAY_NAME_INVALID'],
    [{ email: 'x' }, 'EMAIL_INVALID'],
    [{ role: Role.UNSPECIFIED }, 'ROLE_INVALID'],
    [{ role: Role.SERVICE }, 'ROLE_INVALID'],
  ])('%j is refused: %s', async (change, reason) => {
    const team = await platform.newTeam();
    await expect(
      team.as(MemberService).createMember({ displayName: 'x', role: Role.VIEWER, ...change }),
    ).rejects.toMatchObject({ kind: 'invalid', reason });
  });
});

describe('projects', () => {
  it('are made, changed by mask, deleted', async () => {
    const projects = (await platform.newTeam()).as(ProjectService);
    const { project } = await projects.createProject({ displayName: 'digits', description: 'MNIST' });
    const id = project!.id;
    expect(
      (
        await projects.updateProject({
          project: { id, description: '' },
          updateMask: { paths: ['description'] },
        })
      ).project,
    ).toMatchObject({ displayName: 'digits', description: '' });
    await expect(
      projects.updateProject({ project: { id, displayName: 'x' }, updateMask: { paths: ['create_time'] } }),
    ).rejects.toMatchObject({ reason: 'UPDATE_MASK_INVALID' });
    await expect(projects.createProject({ displayName: 'digits' })).rejects.toMatchObject({
      kind: 'exists',
      reason: 'PROJECT_NAME_TAKEN',
    });
    await projects.deleteProject({ projectId: id });
    await expect(projects.getProject({ projectId: id })).rejects.toMatchObject(notFound);
  });
  it(
    'RELIABILITY 7: one request id makes one project, also when sent twice at once; another body is ' +
      'refused',
    async () => {
      const projects = (await platform.newTeam()).as(ProjectService);
      const [a, b] = await Promise.all(
        [1, 2].map(() => projects.createProject({ displayName: 'once', requestId: 'r' })),
      );
      expect(a).toEqual(b);
      expect((await projects.listProjects({})).projects).toHaveLength(1);
      await expect(projects.createProject({ displayName: 'twice', requestId: 'r' })).rejects.toMatchObject({
        reason: 'REQUEST_ID_REUSED',
      });
      expect((await projects.listProjects({})).projects).toHaveLength(1);
    },
  );
  it('a request that failed may be sent again with its id', async () => {
    const projects = (await platform.newTeam()).as(ProjectService);
    await expect(projects.createProject({ displayName: '', requestId: 'r' })).rejects.toMatchObject({
      kind: 'invalid',
    });
    await projects.createProject({ displayName: 'better', requestId: 'r' });
  });
  it('pages, filters, sorts; a token of another query is refused', async () => {
    const projects = (await platform.newTeam()).as(ProjectService);
    for (const displayName of ['c', 'a', 'b']) await projects.createProject({ displayName });
    const first = await projects.listProjects({ pageSize: 2, orderBy: 'display_name' });
    expect(first.projects.map((p) => p.displayName)).toEqual(['a', 'b']);
    const rest = await projects.listProjects({
      pageSize: 2,
      orderBy: 'display_name',
      pageToken: first.nextPageToken,
    });
    expect([rest.projects.map((p) => p.displayName), rest.nextPageToken]).toEqual([['c'], '']);
    await expect(
      projects.listProjects({ orderBy: 'create_time', pageToken: first.nextPageToken }),
    ).rejects.toMatchObject({ reason: 'PAGE_TOKEN_INVALID' });
    expect(
      (await projects.listProjects({ filter: 'display_name != "a"' })).projects.map((p) => p.displayName),
    ).toEqual(['b', 'c']);
    await expect(projects.listProjects({ filter: 'team_id = "x"' })).rejects.toMatchObject({
      reason: 'FILTER_INVALID',
    });
  });
  it('stop at the quota, also when two come at once', async () => {
    const team = await platform.newTeam();
    await team
      .as(TeamService)
      .updateTeam({ team: { id: team.teamId, quota: { maxProjects: 1 } }, updateMask: { paths: ['quota'] } });
    const results = await Promise.allSettled(
      ['a', 'b'].map((displayName) => team.as(ProjectService).createProject({ displayName })),
    );
    expect(
      results.map((r) => (r.status === 'rejected' ? (r.reason as { reason: string }).reason : 'made')).sort(),
    ).toEqual(['PROJECT_QUOTA', 'made']);
  });
});

describe('secrets', () => {
  it('are written, listed by name, replaced, deleted, and never come back', async () => {
    const team = await platform.newTeam();
    const secrets = team.as(SecretService);
    const { secret } = await secrets.createSecret({ name: 'bucket', value: 'hunter2', requestId: 'r' });
    expect(await secrets.createSecret({ name: 'bucket', value: 'hunter2', requestId: 'r' })).toMatchObject({
      secret: { id: secret!.id },
    });
    await expect(
      secrets.createSecret({ name: 'bucket', value: 'other', requestId: 'r' }),
    ).rejects.toMatchObject({ reason: 'REQUEST_ID_REUSED' });
    await expect(secrets.createSecret({ name: 'bucket', value: 'other' })).rejects.toMatchObject({
      reason: 'SECRET_NAME_TAKEN',
    });
    await expect(secrets.createSecret({ name: 'a b', value: 'x' })).rejects.toMatchObject({
      reason: 'SECRET_NAME_INVALID',
    });
    await expect(secrets.createSecret({ name: 'empty', value: '' })).rejects.toMatchObject({
      reason: 'SECRET_VALUE_INVALID',
    });
    await secrets.replaceSecretValue({ secretId: secret!.id, value: 'hunter3' });
    expect(
      (
        await team.as(SecretService, await platform.signToken('editor', team.teamId)).listSecrets({})
      ).secrets.map((s) => s.name),
    ).toEqual(['bucket']);
    const database = await wholeDatabase();
    expect(database).not.toMatch(/hunter|68756e746572/);
    // Not even a hash that would let a reader of the database try values out.
    const body = JSON.stringify(
      toJson(
        CreateSecretRequestSchema,
        create(CreateSecretRequestSchema, { name: 'bucket', value: 'hunter2' }),
      ),
    );
    for (const text of ['hunter2', body])
      expect(database).not.toContain(createHash('sha256').update(text).digest('hex'));
    await secrets.deleteSecret({ secretId: secret!.id });
    expect((await secrets.listSecrets({})).secrets).toEqual([]);
  });
  it('open for services alone, by team and name, and the log says for what', async () => {
    const [team, other] = [await platform.newTeam(), await platform.newTeam()];
    const { secret } = await team.as(SecretService).createSecret({ name: 'bucket', value: 'hunter2' });
    const service = async (teamId: string) =>
      team.as(SecretService, await platform.signToken('service', teamId, 'datasets'));
    expect(
      await (await service(team.teamId)).openSecret({ name: 'bucket', purpose: 'dataset_version/1' }),
    ).toMatchObject({ secret: { id: secret!.id }, value: 'hunter2' });
    await expect((await service(team.teamId)).openSecret({ name: 'other' })).rejects.toMatchObject({
      reason: 'SECRET_NOT_FOUND',
    });
    await expect((await service(other.teamId)).openSecret({ name: 'bucket' })).rejects.toMatchObject({
      reason: 'SECRET_NOT_FOUND',
    });
    for (const role of ['viewer', 'editor', 'admin'] as const) {
      await expect(
        team.as(SecretService, await platform.signToken(role, team.teamId)).openSecret({ name: 'bucket' }),
      ).rejects.toMatchObject({ kind: 'forbidden' });
    }
    const { auditEntries } = await team
      .as(AuditService)
      .listAuditEntries({ filter: 'action = "noema.workspace.v1.SecretService/OpenSecret"' });
    expect(auditEntries).toMatchObject([
      {
        subject: 'datasets',
        resource: `secret/${secret!.id}`,
        details: { name: 'bucket', purpose: 'dataset_version/1' },
      },
    ]);
  });
  it(
    'of another team do not open when their rows are moved, and what was sealed before envelopes still ' +
      'opens',
    async () => {
      const [team, other] = [await platform.newTeam(), await platform.newTeam()];
      const { secret } = await team.as(SecretService).createSecret({ name: 'stolen', value: 'hunter2' });
      const { secret: old } = await other.as(SecretService).createSecret({ name: 'old', value: 'x' });
      const client = new pg.Client(platform.adminUrl);
      await client.connect();
      await client.query('update workspace.secret set team_id = $1 where id = $2', [
        other.teamId,
        secret!.id,
      ]);
      const cipher = createCipheriv(
        'aes-256-gcm',
        Buffer.from(platform.env.NOEMA_SECRETS_KEY, 'base64'),
        Buffer.alloc(12, 1),
      ).setAAD(Buffer.from(old!.id));
      const text = Buffer.concat([cipher.update('from before'), cipher.final()]);
      await client.query(
        'update workspace.secret set sealed = $1, key_id = null, wrapped_key = null where id = $2',
        [Buffer.concat([Buffer.alloc(12, 1), cipher.getAuthTag(), text]), old!.id],
      );
      await client.end();
      const service = other.as(SecretService, await platform.signToken('service', other.teamId, 'datasets'));
      await expect(service.openSecret({ name: 'stolen' })).rejects.toMatchObject({
        kind: 'data-loss',
        reason: 'SECRET_UNREADABLE',
      });
      expect((await service.openSecret({ name: 'old' })).value).toBe('from before');
    },
  );
});

describe('teams are kept apart', () => {
  it("another team's ids are not found, wherever they are put", async () => {
    const [mine, theirs] = [await platform.newTeam(), await platform.newTeam()];
    const { project } = await theirs.as(ProjectService).createProject({ displayName: 'p' });
    const { apiKey } = await theirs.as(ApiKeyService).createApiKey({ displayName: 'k' });
    const [projectId, memberId, apiKeyId, teamId] = [project!.id, theirs.adminId, apiKey!.id, theirs.teamId];
    const attempts: (() => Promise<unknown>)[] = [
      () => mine.as(ProjectService).getProject({ projectId }),
      () => mine.as(ProjectService).updateProject({ project: { id: projectId, displayName: 'x' } }),
      () => mine.as(ProjectService).deleteProject({ projectId }),
      () => mine.as(MemberService).getMember({ memberId }),
      () => mine.as(MemberService).updateMember({ member: { id: memberId, role: Role.VIEWER } }),
      () => mine.as(MemberService).deleteMember({ memberId }),
      () => mine.as(ApiKeyService).getApiKey({ apiKeyId }),
      () => mine.as(ApiKeyService).revokeApiKey({ apiKeyId }),
      () => mine.as(ApiKeyService).createApiKey({ displayName: 'k', memberId }),
      () => mine.as(TeamService).getTeam({ teamId }),
      () => mine.as(TeamService).updateTeam({ team: { id: teamId, displayName: 'x' } }),
      () => mine.as(TeamService).deleteTeam({ teamId, confirmDisplayName: 'Digits' }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(notFound);
    expect((await mine.as(ProjectService).listProjects({})).projects).toEqual([]);
    expect((await theirs.as(ProjectService).getProject({ projectId })).project!.displayName).toBe('p');
    for (const odd of ['', 'x', '../p', uuidv7()])
      await expect(mine.as(ProjectService).getProject({ projectId: odd })).rejects.toMatchObject(notFound);
  });
  it('RELIABILITY 28: by every RPC that takes an id', async () => {
    const [mine, theirs] = [await platform.newTeam(), await platform.newTeam()];
    const { project } = await theirs.as(ProjectService).createProject({ displayName: 'p' });
    const { apiKey } = await theirs.as(ApiKeyService).createApiKey({ displayName: 'k' });
    const { secret } = await theirs.as(SecretService).createSecret({ name: 's', value: 'v' });
    const ids = {
      secret_id: secret!.id,
      team_id: theirs.teamId,
      project_id: project!.id,
      member_id: theirs.adminId,
      api_key_id: apiKey!.id,
    };
    expect(await reachedByTrespass({ served: served(), token: mine.token, ids })).toEqual([]);
    // the probe itself finds what is reached
    const own = await reachedByTrespass({ served: served().slice(0, 1), token: theirs.token, ids });
    expect(own.map((f) => f.rpc)).toContain('noema.workspace.v1.ProjectService/GetProject');
  });
  it.each([
    ['no', () => undefined],
    ['a forged', (t: string) => `${t.slice(0, -6)}AAAAAA`],
    ['a foreign', () => 'abc'],
  ])('%s token reaches no RPC', async (_, spoil) => {
    expect(await reachedWithout(served(), spoil((await platform.newTeam()).token))).toEqual([]);
  });
  it('RELIABILITY 28: by the database too', async () => {
    await assertRowLevelSecurity(platform.adminUrl, 'workspace');
  });
  it('a team goes with all that it has, after its name was repeated', async () => {
    const team = await platform.newTeam('Gone');
    await team.as(ProjectService).createProject({ displayName: 'p' });
    await expect(
      team.as(TeamService).deleteTeam({ teamId: team.teamId, confirmDisplayName: 'gone' }),
    ).rejects.toMatchObject({ reason: 'NAME_NOT_CONFIRMED' });
    await team.as(TeamService).deleteTeam({ teamId: team.teamId, confirmDisplayName: 'Gone' });
    expect((await team.as(ProjectService).listProjects({})).projects).toEqual([]);
    await expect(platform.as(TokenService).exchangeApiKey({ apiKey: team.apiKey })).rejects.toMatchObject({
      reason: 'API_KEY_INVALID',
    });
  });
});

it('says who changed what, and no secret', async () => {
  const team = await platform.newTeam();
  const before = Date.now();
  const { project } = await team.as(ProjectService).createProject({ displayName: 'p' });
  const { auditEntries } = await team
    .as(AuditService)
    .listAuditEntries({ filter: 'action = "noema.workspace.v1.ProjectService/CreateProject"' });
  expect(auditEntries).toMatchObject([
    { subject: team.adminId, resource: `project/${project!.id}`, details: { display_name: 'p' } },
  ]);
  expect(timestampDate(auditEntries[0]!.createTime!).getTime()).toBeGreaterThanOrEqual(before - 1);
  await expect(
    team.as(AuditService, await platform.signToken('editor', team.teamId)).listAuditEntries({}),
  ).rejects.toMatchObject({ kind: 'forbidden' });
});

it('RELIABILITY 6: answers unavailable while the database restarts, and goes on after', async () => {
  const team = await platform.newTeam();
  const projects = team.as(ProjectService);
  const create = () => projects.createProject({ displayName: 'p', requestId: 'p' });
  await platform.postgres.restart('immediate', () =>
    expect(create()).rejects.toMatchObject({ kind: 'unavailable' }),
  );
  expect((await waitFor(create, { what: 'the database to be back' })).project!.displayName).toBe('p');
});

it('a second one on the same address fails with the reason, and leaves nothing behind', async () => {
  await expect(
    startService(
      workspace,
      { ...platform.env, NOEMA_GRPC_ADDRESS: platform.app.address },
      { logger: silentLogger },
    ),
  ).rejects.toMatchObject({ reason: 'ADDRESS_IN_USE' });
});
