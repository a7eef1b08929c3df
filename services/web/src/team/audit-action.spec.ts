import { expect, it } from 'vitest';
import { actionText, AUDITED, auditFilter } from './audit-action.js';

it('says actions as people do', () => {
  expect(actionText('noema.workspace.v1.ApiKeyService/RevokeApiKey')).toBe('Revoke API key');
  expect(actionText('noema.workspace.v1.SecretService/ReplaceSecretValue')).toBe('Replace secret value');
  expect(actionText('something else')).toBe('something else');
  expect(AUDITED).toContain('noema.workspace.v1.ProjectService/DeleteProject');
  expect(AUDITED.some((action) => /\/(Get|List)/.test(action))).toBe(false);
});

it('asks in the language of the API', () => {
  expect(auditFilter({ subject: '', action: '', days: 0 }, 0)).toBe('');
  expect(auditFilter({ subject: 'a"b', action: 'x/Y', days: 1 }, 86_400_000)).toBe(String.raw`subject = "a\"b" AND action = "x/Y" AND create_time >= "1970-01-01T00:00:00.000Z"`);
});
