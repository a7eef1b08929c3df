import { DomainError, listClassNames } from '@noema/kernel';

export const runNotFound = (id: string): DomainError =>
  new DomainError('not-found', 'RUN_NOT_FOUND', `run "${id}" does not exist; list the runs of the project`, {
    metadata: { run_id: id },
  });

export const settingInvalid = (field: string, value: unknown, wanted: string): DomainError =>
  new DomainError(
    'invalid',
    'RUN_SETTING_INVALID',
    `settings.${field} is ${JSON.stringify(value)}; give ${wanted}`,
    {
      metadata: { setting: field },
      violations: [{ field: `settings.${field}`, description: `give ${wanted}` }],
    },
  );

export const otherProject = (what: string, id: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    `${what.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`,
    `${what} "${id}" does not exist in project "${projectId}"`,
    { metadata: { id, project_id: projectId } },
  );

export const inputMisfit = (why: string): DomainError =>
  new DomainError('invalid', 'MODEL_DATASET_MISFIT', `the model does not fit the data: ${why}`, {
    violations: [{ field: 'model_version_id', description: why }],
  });

export const classesReordered = (
  output: string,
  classes: { readonly model: readonly string[]; readonly data: readonly string[] },
): DomainError => {
  const why =
    `output "${output}" has the classes ${listClassNames(classes.model)} in this order, the data have ` +
    `${listClassNames(classes.data)}; adapt the model to the data (\`noema models adapt\`), which puts its ` +
    'outputs in their order, or ingest the data with the classes in the order of the model (classes of the ' +
    'manifest, or labels of the integration)';
  return new DomainError('invalid', 'MODEL_CLASSES_REORDERED', `the model does not fit the data: ${why}`, {
    violations: [{ field: 'model_version_id', description: why }],
  });
};

/** Reason of an evaluation without loss: the head scores other classes than the data have. */
export const describeOtherHead = (
  output: string,
  classes: { readonly model: readonly string[]; readonly data: readonly string[] },
): string =>
  `output "${output}" is a pretrained head with other classes (${listClassNames(classes.model)}) than the data ` +
  `(${listClassNames(classes.data)}); name the loss to compare the two still`;

export const nothingToTrain = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'SPLIT_EMPTY',
    `dataset version "${id}" has no sample in its training split; ingest one that has, or run with kind ` +
      'EVALUATE',
    { metadata: { split: 'training' } },
  );

export const nothingToLearn = (modelVersionId: string): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_WITHOUT_PARAMETERS',
    `model version "${modelVersionId}" has no parameters to learn; add a layer that has some, such as ` +
      'Dense or Conv2D',
    { metadata: { model_version_id: modelVersionId } },
  );

export const runNotEnded = (id: string, state: string): DomainError =>
  new DomainError('precondition', 'RUN_NOT_ENDED', `run "${id}" is ${state}; stop it first`, {
    metadata: { run_id: id },
  });

export const runNotResumable = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'RUN_NOT_RESUMABLE',
    `run "${id}" is ${state}; only a stopped or failed run goes on`,
    { metadata: { run_id: id } },
  );

export const recordedRunNotResumable = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'RECORDED_RUN_NOT_RESUMABLE',
    `run "${id}" was recorded by a client; begin a new run from there`,
    { metadata: { run_id: id } },
  );

export const evaluationNotFinite = (row: number, what: string, epoch?: number): DomainError =>
  new DomainError(
    'precondition',
    'LOSS_NOT_FINITE',
    `${epoch === undefined ? '' : `after epoch ${epoch} `}row ${row}'s ${what}; lower the learning rate, or look for ` +
      'NaN or huge numbers in the data. The epochs before it are kept',
    { metadata: { row: String(row), ...(epoch !== undefined && { epoch: String(epoch) }) } },
  );
