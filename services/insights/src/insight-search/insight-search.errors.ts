import { DomainError } from '@noema/kernel';

export const searchNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'INSIGHT_SEARCH_NOT_FOUND',
    `search for insights "${id}" does not exist; list the searches of the project to see which do`,
    { metadata: { insight_search_id: id } },
  );

export const runOfOtherProject = (runId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `project "${projectId}" has no run "${runId}"; name the project that the run belongs to`,
    { metadata: { run_id: runId, project_id: projectId } },
  );

export const epochNotFound = (runId: string, epoch: number, epochs: number): DomainError =>
  new DomainError('not-found', 'EPOCH_NOT_FOUND', `run "${runId}" has no epoch ${epoch}; it has ${epochs}`, {
    metadata: { run_id: runId, epoch: String(epoch), epochs: String(epochs) },
  });

export const epochNotReady = (runId: string, epoch: number, lacks: string): DomainError =>
  new DomainError(
    'precondition',
    'EPOCH_NOT_READY',
    `epoch ${epoch} of run "${runId}" has no ${lacks} yet; wait until its job has ended`,
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );

export const outputNotFound = (runId: string, output: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'OUTPUT_NOT_FOUND',
    `run "${runId}" has no output "${output}"; ` +
      (known.length === 0 ? 'it names none, leave the output out' : `it has: ${known.join(', ')}`),
    { metadata: { run_id: runId, output } },
  );

export const groupFieldUnknown = (field: string, known: readonly string[]): DomainError => {
  const description = `the data have no metadata "${field}"; they have: ${known.join(', ') || 'none'}`;
  return new DomainError('invalid', 'GROUP_FIELD_UNKNOWN', description, {
    metadata: { field },
    violations: [{ field: 'group_field', description }],
  });
};

export const parametersUnused = (kind: string): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETERS_UNUSED',
    `there are parameters of the kind "${kind}", which the search leaves out; name the kind in kinds, or leave ` +
      'out its parameters',
    { metadata: { kind }, violations: [{ field: 'parameters', description: `kind ${kind} is left out` }] },
  );

export const parametersInvalid = (kind: string): DomainError =>
  new DomainError(
    'invalid',
    'PARAMETERS_INVALID',
    `parameters of the kind "${kind}" are no object; write {"${kind}": {"name": value}}`,
    { metadata: { kind }, violations: [{ field: 'parameters', description: `${kind} is no object` }] },
  );
