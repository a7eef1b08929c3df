import { DomainError } from '@noema/kernel';

/** Something is wrong with one layer; the message opens with its name and kind. */
export const layerInvalid = (layer: string, kind: string, why: string): DomainError =>
  new DomainError('invalid', 'LAYER_INVALID', `layer "${layer}" (${kind}) ${why}`, {
    metadata: { layer, kind },
    violations: [{ field: `model.${layer}`, description: why }],
  });

/** The topology as a whole cannot be read or does not hold together. */
export const topologyInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'MODEL_INVALID', `the model's topology ${why}`);

/** A model exceeds the size limit, which is checked before compilation. */
export const modelTooLarge = (what: 'layers' | 'models inside each other', limit: number): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_LAYERS_EXCEEDED',
    `the model's topology has more than ${limit} ${what}, which is the limit; import the network as ` +
      'ONNX, or split it',
    { metadata: { what, limit: String(limit) } },
  );

/** A kind of layer that is not in the registry. */
export const kindUnknown = (layer: string, kind: string, known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'LAYER_KIND_UNKNOWN',
    `layer "${layer}" is of unknown kind "${kind}"; known: ${known.toSorted().join(', ')}`,
    { metadata: { layer, kind } },
  );
