import { TokenSigner, TokenVerifier } from '@noema/auth';
import { loadConfig } from '@noema/config';
import { uuidv7 } from '@noema/kernel';
import { workspace } from '@noema/workspace';
import { expect, it, describe } from 'vitest';
import { hasHelm } from '../src/helm.program.js';
import { newSecrets } from '../src/new-secrets.js';
import { findPod, rendered } from './rendered.js';

it('new secrets are such as the services take', async () => {
  const [auth, database] = await newSecrets({ release: 'noema', namespace: 'noema' });
  const config = loadConfig(workspace.settings, {
    NOEMA_AUTH_JWKS: auth!.stringData['jwks'],
    NOEMA_AUTH_PRIVATE_KEY: auth!.stringData['private-key'],
    NOEMA_SECRETS_KEY: auth!.stringData['secrets-key'],
    NOEMA_DATABASE_URL: database!.stringData['workspace-url'],
  });
  expect(config.databaseUrl).toContain('@noema-postgres.noema.svc:5432/noema');
  const verifier = new TokenVerifier({ jwks: auth!.stringData['jwks']! });
  const asService = (subject: string) =>
    new TokenSigner({ privateKey: auth!.stringData['datasets-private-key']! }).sign({
      teamId: uuidv7(),
      subject,
      role: 'service',
    });
  expect(await verifier.verify((await asService('datasets')).token)).toMatchObject({ subject: 'datasets' });
  await expect(verifier.verify((await asService('training')).token)).rejects.toMatchObject({
    reason: 'TOKEN_INVALID',
  });
  expect((await newSecrets({ release: 'noema', namespace: 'noema' }))[0]!.stringData).not.toEqual(
    auth!.stringData,
  );
});

describe.skipIf(!hasHelm())('the charts', () => {
  it('ask for no Secret, and no key of one, that is not made there', async () => {
    const made = new Map(
      (await newSecrets({ release: 'noema', namespace: 'noema' })).map(({ metadata, stringData }) => [
        metadata.name,
        Object.keys(stringData),
      ]),
    );
    for (const object of await rendered('minimal')) {
      const pod = findPod(object);
      const volumes = (pod?.spec.volumes ?? [])
        .flatMap((volume: any) => volume.projected?.sources ?? [])
        .flatMap((source: any) => source.secret.items.map((item: any) => [source.secret.name, item.key]));
      const variables = (pod?.spec.containers ?? [])
        .flatMap((container: any) => container.env ?? [])
        .filter((v: any) => v.valueFrom !== undefined)
        .map((v: any) => [v.valueFrom.secretKeyRef.name, v.valueFrom.secretKeyRef.key]);
      for (const [name, key] of [...volumes, ...variables] as [string, string][])
        expect(
          made.get(name) ?? [],
          `${object.kind} ${object.metadata.name} asks ${name} for ${key}`,
        ).toContain(key);
    }
  });
});
