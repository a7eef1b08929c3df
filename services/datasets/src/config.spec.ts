import { readFile } from 'node:fs/promises';
import { withSettingsTable } from '@noema/config';
import { expect, it } from 'vitest';
import { datasetsSettings } from './config.js';

it('the README has the table of the settings as they are', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withSettingsTable(readme, datasetsSettings));
});
