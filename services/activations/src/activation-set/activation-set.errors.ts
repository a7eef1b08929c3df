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

export const runOfAnotherProject = (runId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `run "${runId}" does not exist in project "${projectId}"; list the runs of the project`,
    { metadata: { run_id: runId } },
  );

export const epochIsPartial = (runId: string, epoch: number, why: string): DomainError =>
  new DomainError(
    'precondition',
    'EPOCH_PARTIAL',
    `epoch ${epoch} of run "${runId}" has no responses of all samples: ${why}; choose a complete epoch`,
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );

export const recordedRunHasNoModel = (runId: string): DomainError =>
  new DomainError(
    'unsupported',
    'RECORDED_RUN_HAS_NO_MODEL',
    'a client recorded the run without the graph of its model in this epoch, so the platform cannot compute ' +
      'responses of other data; choose an epoch with a graph, or record a run of those data',
    { metadata: { run_id: runId } },
  );

/** A basis is of the columns that it was fitted to, in their order. */
export const layersDiffer = (found: readonly string[], fitted: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'LAYERS_DIFFER',
    `the graph of the model has the layers ${found.join(', ')}, and the vectors of the run are of ` +
      `${fitted.join(', ')}; other data cannot be placed among them`,
  );

export const populationEmpty = (datasetVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'POPULATION_EMPTY',
    `dataset version "${datasetVersionId}" has no samples; there is nothing to take responses of`,
    { metadata: { dataset_version_id: datasetVersionId } },
  );

/** Description of a population whose units do not vary. */
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
    `model version "${modelVersionId}" has no layer with learned units, which maps are made of; run a model ` +
      'with a dense or convolution layer',
    { metadata: { model_version_id: modelVersionId } },
  );
