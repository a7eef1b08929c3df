import { DomainError } from '@noema/kernel';

const field = (description: string) => ({ violations: [{ field: 'model_version_id', description }] });

export const headNotFound = (output: string, why: string): DomainError =>
  new DomainError(
    'unsupported',
    'HEAD_NOT_FOUND',
    `the head of output "${output}" cannot be replaced: ${why}; name the layer that the new head reads (after_layer)`,
    field(why),
  );

export const outputPositions = (output: string, dims: readonly (number | string)[]): DomainError =>
  new DomainError(
    'unsupported',
    'HEAD_OF_POSITIONS',
    `output "${output}" is [${dims.join(', ')}], with values for each position; a new head gives one vector for ` +
      'a sample. Export the model with the layers that you need',
    field(`output "${output}" has positions`),
  );

export const afterLayerUnknown = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'LAYER_UNKNOWN',
    `the model has no layer "${name}" whose responses a head could read; it has ${known.slice(0, 100).join(', ')}`,
    {
      metadata: { layer: name },
      violations: [{ field: 'after_layer', description: `"${name}" is not known` }],
    },
  );

export const outputUnknown = (name: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'OUTPUT_UNKNOWN',
    `the model has no output "${name}"; it has ${known.join(', ')}`,
    { violations: [{ field: 'output', description: `"${name}" is not known` }] },
  );
