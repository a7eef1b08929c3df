import { DomainError } from '@noema/kernel';

export const analysisNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ANALYSIS_NOT_FOUND',
    `analysis "${id}" does not exist; list the analyses of the project to see which do`,
    { metadata: { analysis_id: id } },
  );

export const sanityCheckNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'SANITY_CHECK_NOT_FOUND',
    `sanity check "${id}" does not exist; list the checks of the project to see which do`,
    { metadata: { sanity_check_id: id } },
  );

export const populationEmpty = (datasetVersionId: string): DomainError =>
  new DomainError(
    'precondition',
    'POPULATION_EMPTY',
    `dataset version "${datasetVersionId}" has no samples; there is nothing to explain`,
    { metadata: { dataset_version_id: datasetVersionId } },
  );

export const analysisNotReady = (id: string, state: string): DomainError =>
  new DomainError(
    'precondition',
    'ANALYSIS_NOT_READY',
    `analysis "${id}" is ${state}; wait for its job to succeed`,
    { metadata: { analysis_id: id, state } },
  );

export const analysisBusy = (id: string): DomainError =>
  new DomainError(
    'precondition',
    'ANALYSIS_BUSY',
    `analysis "${id}" is being made; cancel its job before deleting it`,
    { metadata: { analysis_id: id } },
  );

export const heatMapNotFound = (id: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'HEAT_MAP_NOT_FOUND',
    `the analysis has no heat map "${id}"; it has: ${known.join(', ')}`,
    { metadata: { heat_map_id: id } },
  );

export const layerNotFound = (layer: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'LAYER_NOT_FOUND',
    `the model has no layer "${layer}" with learned units; it has: ${known.join(', ')}`,
    { metadata: { layer } },
  );

export const layerWithoutPositions = (layer: string, known: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'LAYER_WITHOUT_POSITIONS',
    `layer "${layer}" has no positions, so that no map can be drawn at it; ${others(known)}`,
    { metadata: { layer } },
  );

export const modelWithoutPositions = (): DomainError =>
  new DomainError(
    'precondition',
    'MODEL_WITHOUT_POSITIONS',
    'the model has no layer with positions, which Grad-CAM, its kin and shared areas are drawn at; ask ' +
      'for INTEGRATED_GRADIENTS instead',
  );

export const unitNotFound = (layer: string, unit: number, units: number): DomainError =>
  new DomainError(
    'not-found',
    'UNIT_NOT_FOUND',
    `layer "${layer}" has no unit ${unit}; it has 0 to ${units - 1}`,
    { metadata: { layer, unit: String(unit) } },
  );

export const classNotFound = (classIndex: number, classes: number): DomainError =>
  new DomainError(
    'invalid',
    'CLASS_NOT_FOUND',
    `class ${classIndex} does not exist; the model has 0 to ${classes - 1}`,
    { violations: [{ field: 'settings.classes', description: `use 0 to ${classes - 1}` }] },
  );

export const settingInvalid = (field: string, why: string): DomainError =>
  new DomainError('invalid', 'ANALYSIS_SETTING_INVALID', `${field}: ${why}`, {
    violations: [{ field, description: why }],
  });

export const runOfAnotherProject = (runId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'RUN_NOT_FOUND',
    `run "${runId}" does not exist in project "${projectId}"; list the runs of the project`,
    { metadata: { run_id: runId } },
  );

export const outputNotFound = (output: string, known: readonly string[]): DomainError =>
  new DomainError(
    'not-found',
    'OUTPUT_NOT_FOUND',
    `the run has no output "${output}"; ` +
      (known.length === 0 ? 'it names none, leave the output out' : `it has: ${known.join(', ')}`),
    { metadata: { output } },
  );

export const setOfAnotherProject = (setId: string, projectId: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `activation set "${setId}" does not exist in project "${projectId}"; list the sets of the project`,
    { metadata: { activation_set_id: setId } },
  );

export const setNotReady = (setId: string): DomainError =>
  new DomainError(
    'precondition',
    'ACTIVATION_SET_NOT_READY',
    `activation set "${setId}" has no vectors yet; wait for its job to succeed`,
    { metadata: { activation_set_id: setId } },
  );

export const layerOutsideSpace = (layer: string): DomainError =>
  new DomainError(
    'precondition',
    'LAYER_OUTSIDE_SPACE',
    `layer "${layer}" has no part in the perception space of the set; choose a layer that has, or a set ` +
      'of the space "all"',
    { metadata: { layer } },
  );

export const inputsDiffer = (inputs: readonly string[], columns: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'INPUTS_DIFFER',
    `the model takes ${inputs.join(', ')}, the dataset version has ${columns.join(', ')}; name them alike`,
  );

export const groundTruthsDiffer = (targets: readonly string[], columns: readonly string[]): DomainError =>
  new DomainError(
    'precondition',
    'GROUND_TRUTHS_DIFFER',
    `the loss takes ground truth for ${targets.join(', ')}, the dataset version has ` +
      `${columns.join(', ')}; name them alike`,
  );

export const notCutAt = (layer: string): DomainError =>
  new DomainError(
    'unsupported',
    'GRADIENT_UNSUPPORTED',
    `the model cannot be cut at layer "${layer}", so that nothing can be attributed to its tokens by ` +
      'gradients',
    { metadata: { layer } },
  );

const others = (known: readonly string[]): string =>
  known.length === 0 ? 'the model has no layer with positions' : `choose one of: ${known.join(', ')}`;
