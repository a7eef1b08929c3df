import { getOption } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { Access, access, adds_part as addsPart } from './gen/noema/type/v1/access_pb.js';
import { auditActions, services } from './index.js';

const audited = auditActions(services);

it('says actions as people do', () => {
  const title = (action: string) => audited.find((one) => one.action === action)?.title;
  expect(title('noema.workspace.v1.ApiKeyService/RevokeApiKey')).toBe('Revoke API key');
  expect(title('noema.workspace.v1.SecretService/ReplaceSecretValue')).toBe('Replace secret value');
  expect(title('noema.workspace.v1.ProjectService/DeleteProject')).toBe('Delete project');
  expect(audited.some(({ action }) => /\/(Get|List)/.test(action))).toBe(false);
});

/** They need an editor because they take workers, and change nothing that others have made. */
const UNHEARD = [
  'noema.datasets.v1.IntegrationService/CheckIntegration',
  'noema.datasets.v1.IntegrationService/ProposeManifest',
  'noema.explanations.v1.AnalysisService/CreateAnalysis',
  'noema.explanations.v1.SanityCheckService/CreateSanityCheck',
  'noema.explanations.v1.SelectionAnalysisService/CreateSelectionAnalysis',
  'noema.explanations.v1.SimilarityAnalysisService/CreateSimilarityAnalysis',
];

it('knows every change that any service reports', () => {
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
  const own = audited.map(({ action }) => action).filter((action) => !action.startsWith('noema.workspace.'));
  expect([...own, ...UNHEARD].sort()).toEqual(changing.sort());
});
