import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { expect, it } from 'vitest';
import { readJson, writeJson } from './data-directory.js';
import { loadSecrets, type Secrets } from './secrets.js';

it('keeps existing secrets and makes the new ones of an update', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'secrets.json');
  const made = await loadSecrets(path);
  expect(await loadSecrets(path)).toEqual(made);
  expect(Buffer.from(made.sessionSecret, 'base64')).toHaveLength(32);

  const { sessionSecret: _, ...older } = made;
  await writeJson(path, older);
  const updated = await loadSecrets(path);
  expect(updated).toEqual({ ...older, sessionSecret: expect.any(String) });
  expect(await readJson<Secrets>(path)).toEqual(updated);
  await directory.remove();
});

it('refuses a damaged file, and a missing one next to a database, and writes nothing over them', async () => {
  const directory = await temporaryDirectory();
  const path = join(directory.path, 'secrets.json');
  await expect(loadSecrets(path, true)).rejects.toMatchObject({
    reason: 'SECRETS_LOST',
    message: expect.stringContaining('is missing') as string,
  });
  expect(existsSync(path)).toBe(false);
  for (const text of ['', '{"postgresPassword":']) {
    await writeFile(path, text);
    await expect(loadSecrets(path)).rejects.toMatchObject({
      reason: 'SECRETS_LOST',
      message: expect.stringContaining('is damaged') as string,
    });
    expect(await readFile(path, 'utf8')).toBe(text);
  }
  await directory.remove();
});
