import { DomainError } from '@noema/kernel';
import type { GraphNode } from './graph-def.js';

/** A form of an operator that is not read. */
export function formUnsupported({ op, name }: GraphNode, why: string): DomainError {
  const description = `operator ${op} (node "${name.slice(0, 100)}") ${why}`;
  return new DomainError(
    'unsupported',
    'MODEL_OPERATOR_UNSUPPORTED',
    `${description}, which is not read; export the model without it, or keep outputs that do not need it`,
    { violations: [{ field: 'model_file', description }], metadata: { operators: op } },
  );
}
