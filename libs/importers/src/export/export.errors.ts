import { DomainError } from '@noema/kernel';

export const operatorNotExported = (layer: string, operator: string, why: string): DomainError =>
  new DomainError(
    'unsupported',
    'EXPORT_OPERATOR_UNSUPPORTED',
    `layer "${layer}" cannot be written in operators of version 17: its ${operator} ${why}; export the model ` +
      'in version 20',
    { metadata: { layer, operator } },
  );

export const notInKeras = (layer: string, why: string): DomainError =>
  new DomainError(
    'unsupported',
    'EXPORT_LAYER_UNSUPPORTED',
    `layer "${layer}" cannot be written for Keras: it ${why}; export the model as ONNX`,
    { metadata: { layer } },
  );

export const notLayers = (why: string): DomainError =>
  new DomainError('unsupported', 'EXPORT_NOT_LAYERS', `the model cannot be written for Keras: it ${why}`);

export const opsetNotExported = (opset: number, known: readonly number[]): DomainError =>
  new DomainError(
    'invalid',
    'EXPORT_OPSET_UNKNOWN',
    `models are exported in operators of version ${known.join(' or ')}, and ${opset} is given`,
  );
