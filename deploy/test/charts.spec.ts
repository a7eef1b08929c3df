import { readdir, readFile } from 'node:fs/promises';
import { envName } from '@noema/config';
import { describe, expect, it } from 'vitest';
import { chartFiles } from '../src/chart-files.js';
import { CHARTS, HELM } from '../src/charts.js';
import { commentedValues } from '../src/commented-values.js';
import { SERVICE_SETTINGS, WIRED } from '../src/service-settings.js';

describe('the charts and the services', () => {
  it('agree: schemas, variables and tables match the current settings and values', async () => {
    for (const [path, text] of await chartFiles()) {
      const there = await readFile(new URL(path, HELM), 'utf8').catch(() => '');
      expect(
        there,
        `deploy/helm/${path} differs from the settings and values; run \`make charts\` and commit it`,
      ).toBe(text);
    }
  });
  it('a secret of a service comes from a Secret, never from config', () => {
    for (const chart of CHARTS) {
      for (const { key, secret } of SERVICE_SETTINGS[chart]) {
        if (secret)
          expect(
            WIRED,
            `${chart} has the secret ${key}, which the library chart does not wire: add it to WIRED and ` +
              'to service/templates/_env.tpl',
          ).toContain(key);
      }
    }
  });
  it('what is required is wired', () => {
    for (const chart of CHARTS)
      for (const { key, required } of SERVICE_SETTINGS[chart])
        if (required) expect(WIRED, `${chart}.${key}`).toContain(key);
  });
  it('name a variable in one way', () => {
    for (const chart of CHARTS)
      for (const { key, name } of SERVICE_SETTINGS[chart]) expect(name).toBe(envName(key));
  });
  it('are all there', async () => {
    const folders = (await readdir(HELM, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.sort()).toEqual([...CHARTS, 'service', 'noema'].sort());
  });
});

describe('values without a description', () => {
  it('are refused', () => {
    expect(() => commentedValues('# note\na: 1\nb: 2\n')).toThrow(/b has no comment/);
  });
  it('do not include the keys of a flow map: it is one value', () => {
    expect(commentedValues('# note\na: { b: 1 }\n')).toEqual([
      { key: 'a', doc: 'note', schema: {}, fallback: { b: 1 }, values: [] },
    ]);
  });
});
