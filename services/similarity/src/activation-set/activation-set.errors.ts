import { DomainError } from '@noema/kernel';

export const activationSetNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `activation set "${id}" does not exist or is not ready; list the sets of the project to see which are`,
    { metadata: { activation_set_id: id } },
  );

export const notInProject = (activationSetId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `project "${projectId}" has no activation set "${activationSetId}"; name the project that the set ` +
      'belongs to',
    { metadata: { activation_set_id: activationSetId, project_id: projectId } },
  );

export const tooFewSamples = (sampleCount: number): DomainError =>
  new DomainError(
    'precondition',
    'TOO_FEW_SAMPLES',
    `${sampleCount} sample(s) have no neighbors; ingest at least 2`,
  );
