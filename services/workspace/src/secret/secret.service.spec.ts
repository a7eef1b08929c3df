import { randomBytes } from 'node:crypto';
import { type Port, uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryAudit, query, TEAM } from '../../test/memory-workspace.js';
import { EnvelopeSealer, type SealedValue } from '../crypto/envelope-sealer.js';
import type { Secret } from './secret.js';
import type { SecretRepository } from './secret.repository.js';
import { SecretService } from './secret.service.js';

const ann = { teamId: TEAM, subject: 'ann' };
const BATCH = 2;
const newKey = (): string => randomBytes(32).toString('base64');
const [one, two] = [`one:${newKey()}`, `two:${newKey()}`];

interface Row {
  readonly secret: Secret;
  readonly value: SealedValue;
}

let rows: Map<string, Row>;
let audit: ReturnType<typeof memoryAudit>;

function memorySecrets(): Port<SecretRepository> {
  const write = (secret: Secret, value: SealedValue) =>
    Promise.resolve(void rows.set(secret.id, { secret, value }));
  return {
    find: (id) => Promise.resolve(rows.get(id)?.secret),
    list: () => Promise.resolve({ items: [...rows.values()].map(({ secret }) => secret), nextPageToken: '' }),
    findByName: (name) => Promise.resolve([...rows.values()].find(({ secret }) => secret.name === name)),
    insert: write,
    replace: write,
    delete: (id) => Promise.resolve(void rows.delete(id)),
    lockOthers: (keyId) =>
      Promise.resolve(
        [...rows.values()]
          .filter(({ value }) => value.keyId !== keyId)
          .slice(0, BATCH)
          .map(({ secret, value }) => ({ id: secret.id, value })),
      ),
    rewrite: (id, value) => write(rows.get(id)!.secret, value),
  };
}
const serviceWith = (secretsKey: string | undefined): SecretService =>
  new SecretService(memoryWork, memorySecrets(), new EnvelopeSealer({ secretsKey }), audit);

beforeEach(() => {
  [rows, audit] = [new Map(), memoryAudit()];
});

describe('a secret', () => {
  it('opens to its value, and the audit log has who opened it for what, never the value', async () => {
    const service = serviceWith(one);
    const { id } = await service.create(ann, 'data-key', 'hunter2');
    const opener = { teamId: TEAM, subject: 'datasets' };
    const purpose = `integration/${'x'.repeat(300)}`;
    expect((await service.open(opener, 'data-key', purpose)).value).toBe('hunter2');
    expect(audit.changes).toEqual(['ann CreateSecret secret', 'datasets OpenSecret secret']);
    expect(audit.details[1]).toEqual({ name: 'data-key', purpose: purpose.slice(0, 200) });
    expect(Buffer.from(rows.get(id)!.value.sealed).includes('hunter2')).toBe(false);
  });

  it('has another value after it was replaced, and none after it was deleted', async () => {
    const service = serviceWith(one);
    const { id } = await service.create(ann, 'data-key', 'hunter2');
    await service.replace(ann, id, 'hunter3');
    expect((await service.open(ann, 'data-key', '')).value).toBe('hunter3');
    expect((await service.list(ann, query)).items).toHaveLength(1);
    await service.delete(ann, id);
    await expect(service.open(ann, 'data-key', '')).rejects.toMatchObject({ reason: 'SECRET_NOT_FOUND' });
  });

  it('that was moved to another row does not open', async () => {
    const service = serviceWith(one);
    const [a, b] = [await service.create(ann, 'a', 'x'), await service.create(ann, 'b', 'y')];
    rows.set(b.id, { secret: b, value: rows.get(a.id)!.value });
    await expect(service.open(ann, 'b', '')).rejects.toMatchObject({ reason: 'SECRET_UNREADABLE' });
  });

  it.each([
    ['SECRET_NAME_INVALID', 'a b', 'x'],
    ['SECRET_NAME_INVALID', '', 'x'],
    ['SECRET_VALUE_INVALID', 'a', ''],
    ['SECRET_VALUE_INVALID', 'a', 'x'.repeat(65_537)],
  ])('is refused with %s', async (reason, name, value) => {
    await expect((async () => serviceWith(one).create(ann, name, value))()).rejects.toMatchObject({ reason });
    expect(rows.size).toBe(0);
  });

  it('needs a key of the installation', async () => {
    const create = async () => serviceWith(undefined).create(ann, 'a', 'x');
    await expect(create()).rejects.toMatchObject({ reason: 'SECRETS_DISABLED' });
  });

  it.each([uuidv7(), 'no id'])('does not exist under the id %s', async (id) => {
    const service = serviceWith(one);
    await expect(service.replace(ann, id, 'x')).rejects.toMatchObject({ reason: 'SECRET_NOT_FOUND' });
    await expect(service.delete(ann, id)).rejects.toMatchObject({ reason: 'SECRET_NOT_FOUND' });
  });
});

it('wraps all values by a new key, a few at a time; then the old key is not needed', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of names) await serviceWith(one).create(ann, name, `value of ${name}`);
  await serviceWith(two).create(ann, 'f', 'value of f');
  const both = serviceWith(`${two},${one}`);
  expect(both.keyId).toBe('two');
  expect(await both.rotate(TEAM)).toBe(5);
  expect(await both.rotate(TEAM)).toBe(0);
  for (const name of [...names, 'f'])
    expect((await serviceWith(two).open(ann, name, '')).value).toBe(`value of ${name}`);
});

it('compares values by a mark that needs the key', () => {
  const service = serviceWith(one);
  expect(service.mark('x')).toBe(service.mark('x'));
  expect(new Set([service.mark('x'), service.mark('y'), serviceWith(two).mark('x')]).size).toBe(3);
});
