import { getOption } from '@bufbuild/protobuf';
import { services } from '@noema/contracts';
import { Access, access, adds_part as addsPart } from '@noema/contracts/noema/type/v1/access';
import { expect, it } from 'vitest';
import { actionText, AUDITED, auditFilter } from './audit-action.js';

it('says actions as people do', () => {
  expect(actionText('noema.workspace.v1.ApiKeyService/RevokeApiKey')).toBe('Revoke API key');
  expect(actionText('noema.workspace.v1.SecretService/ReplaceSecretValue')).toBe('Replace secret value');
  expect(actionText('something else')).toBe('something else');
  expect(AUDITED).toContain('noema.workspace.v1.ProjectService/DeleteProject');
  expect(AUDITED.some((action) => /\/(Get|List)/.test(action))).toBe(false);
});

/** They need an editor because they take workers, and change nothing that others have made. */
const UNHEARD = [
  'noema.datasets.v1.IntegrationService/CheckIntegration',
  'noema.explanations.v1.AnalysisService/CreateAnalysis',
  'noema.explanations.v1.SanityCheckService/CreateSanityCheck',
  'noema.explanations.v1.SelectionAnalysisService/CreateSelectionAnalysis',
  'noema.explanations.v1.SimilarityAnalysisService/CreateSimilarityAnalysis',
];

it('knows every change that any service tells of', () => {
  const changing = services
    .filter(({ typeName }) => !/^noema\.(workspace|gateway)\./.test(typeName))
    .flatMap((service) =>
      service.methods
        .filter(
          (method) =>
            [Access.EDITOR, Access.ADMIN].includes(getOption(method, access)) && !getOption(method, addsPart),
        )
        .map(({ name }) => `${service.typeName}/${name}`),
    );
  expect([...AUDITED.filter((action) => !action.startsWith('noema.workspace.')), ...UNHEARD].sort()).toEqual(
    changing.sort(),
  );
});

it('asks in the language of the API', () => {
  expect(auditFilter({ subject: '', action: '', days: 0 }, 0)).toBe('');
  expect(auditFilter({ subject: 'a"b', action: 'x/Y', days: 1 }, 86_400_000)).toBe(
    String.raw`subject = "a\"b" AND action = "x/Y" AND create_time >= "1970-01-01T00:00:00.000Z"`,
  );
});
