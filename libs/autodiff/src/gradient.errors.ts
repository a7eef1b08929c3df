import { DomainError } from '@noema/kernel';
import type { Node } from '@noema/onnx';

export const gradientUnsupported = (operator: string, node: Node): DomainError =>
  new DomainError(
    'unsupported',
    'GRADIENT_UNSUPPORTED',
    `operator ${operator} (it makes "${node.outputs.join('", "')}") has no gradient; choose a layer ` +
      'after it, or explain the model by a method without gradients',
    { metadata: { operator, tensor: node.outputs[0] ?? '' } },
  );

export const gradientFormUnsupported = (node: Node, what: string): DomainError =>
  new DomainError(
    'unsupported',
    'GRADIENT_UNSUPPORTED',
    `operator ${node.opType} (it makes "${node.outputs.join('", "')}") has no gradient with ${what}; ` +
      'export the model in another form, or choose a layer after it',
    { metadata: { operator: node.opType, tensor: node.outputs[0] ?? '' } },
  );

export const tensorUnknown = (tensor: string, role: string): DomainError =>
  new DomainError(
    'invalid',
    'TENSOR_UNKNOWN',
    `tensor "${tensor}", ${role}, does not exist in the graph; use the name of an input, a constant or ` +
      `an operator's output`,
    {
      metadata: { tensor },
    },
  );
