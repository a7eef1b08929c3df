import { DomainError } from '@noema/kernel';

export const activationSetNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `activation set "${id}" does not exist; list the sets of the project to see which do`,
    { metadata: { activation_set_id: id } },
  );

export const activationSetNotReady = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'ACTIVATION_SET_NOT_READY',
    `activation set "${id}" is ${state}; wait for its job to succeed`,
    { metadata: { activation_set_id: id, state } },
  );

export const activationSetBusy = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'ACTIVATION_SET_BUSY',
    `activation set "${id}" is being made; cancel its job before deleting it`,
    { metadata: { activation_set_id: id } },
  );

export const perceptionSpaceNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'PERCEPTION_SPACE_NOT_FOUND',
    `perception space "${id}" does not exist; list the spaces of the project to see which do`,
    { metadata: { perception_space_id: id } },
  );

export const perceptionSpaceExists = (name: string): DomainError =>
  new DomainError(
    'exists',
    'PERCEPTION_SPACE_EXISTS',
    `the project has a perception space "${name}" already; choose another name`,
    { metadata: { name } },
  );

export const perceptionSpaceInvalid = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'PERCEPTION_SPACE_INVALID', `${field}: ${why}`, {
    violations: [{ field, description: why }],
  });

export const runOfAnotherProject = (runId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `run "${runId}" does not exist in project "${projectId}"; list the runs of the project`,
    { metadata: { run_id: runId } },
  );

export const populationEmpty = (datasetVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'POPULATION_EMPTY',
    `dataset version "${datasetVersionId}" has no samples; there is nothing to take responses of`,
    { metadata: { dataset_version_id: datasetVersionId } },
  );

/** What is known of a population whose units do not vary. */
export interface UnvaryingResponses {
  readonly samples: number;
  readonly layers: readonly string[];
  readonly units: number;
  /** True when all samples have the same inputs. */
  readonly inputsAreEqual: boolean;
}

export const responsesDoNotVary = ({
  samples,
  layers,
  units,
  inputsAreEqual,
}: UnvaryingResponses): DomainError => {
  const [cause, why] =
    samples === 1
      ? ['one-sample', 'there is one sample, and vectors say how samples differ; add samples to the data']
      : inputsAreEqual
        ? [
            'equal-inputs',
            `all ${samples} samples have the same inputs; check the handlers of the integration, for ` +
              `example with \`noema integration check\``,
          ]
        : [
            'silent-units',
            `the ${samples} samples differ, but none of the ${units} units of ${layers.join(', ')} ` +
              'responds to it: the network is dead there. Train it with a smaller learning rate or ' +
              'another ' +
              'initialization, check that its inputs are scaled, or choose a perception space of other ' +
              'layers',
          ];
  return new DomainError(
    'precondition',
    'RESPONSES_DO_NOT_VARY',
    `no unit varies over the samples, so there is nothing to make vectors of: ${why}`,
    { metadata: { cause, samples: String(samples), units: String(units) } },
  );
};

export const noLearnedUnits = (modelVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'NO_LEARNED_UNITS',
    `model version "${modelVersionId}" has no layer with learned units`,
    { metadata: { model_version_id: modelVersionId } },
  );

export const unitNotFound = (layer: string, unit: number, units: number): DomainError =>
  new DomainError(
    'not-found',
    'UNIT_NOT_FOUND',
    `layer "${layer}" has no unit ${unit}; it has 0 to ${units - 1}`,
    { metadata: { layer, unit: String(unit) } },
  );

export const layerNotFound = (layer: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'LAYER_NOT_FOUND',
    `the model has no layer "${layer}" with learned units; it has: ${known.join(', ')}`,
    { metadata: { layer } },
  );

export const profilesTooLarge = (units: number, classes: number, bytes: number): DomainError =>
  new DomainError(
    'exhausted',
    'UNIT_PROFILES_TOO_LARGE',
    `histograms of ${units} units by ${classes} classes take ${Math.ceil(bytes / 2 ** 20)} MiB; ask for ` +
      'the units one by one',
    { metadata: { bytes: String(bytes) } },
  );

export const unitQueryInvalid = (field: string, value: number, allowed: string): DomainError =>
  new DomainError('invalid', 'UNIT_QUERY_INVALID', `${field} is ${value}; use ${allowed}`, {
    violations: [{ field, description: `use ${allowed}` }],
  });
