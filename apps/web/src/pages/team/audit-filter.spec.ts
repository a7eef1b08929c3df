import { expect, it } from 'vitest';
import { auditFilter } from './audit-filter.js';

it('asks in the language of the API', () => {
  expect(auditFilter({ subject: '', action: '', days: 0 }, 0)).toBe('');
  expect(auditFilter({ subject: 'a"b', action: 'x/Y', days: 1 }, 86_400_000)).toBe(
    String.raw`subject = "a\"b" AND action = "x/Y" AND create_time >= "1970-01-01T00:00:00.000Z"`,
  );
});
