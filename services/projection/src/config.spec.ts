import { readFile } from 'node:fs/promises';
import { withSettingsTable } from '@noema/config';
import { expect, it } from 'vitest';
import { projectionSettings } from './config.js';

it('the README lists the settings as they are', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(withSettingsTable(readme, projectionSettings)).toBe(readme);
});
