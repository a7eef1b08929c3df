import { withSettingsTable } from '@noema/config';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { explanationsSettings } from './config.js';

it('the README says what the settings are', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withSettingsTable(readme, explanationsSettings));
});
