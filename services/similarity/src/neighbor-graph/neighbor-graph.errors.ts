import { DomainError } from '@noema/kernel';

export const graphNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'NEIGHBOR_GRAPH_NOT_FOUND',
    `neighbor graph "${id}" does not exist; list the graphs of the project to see which do`,
    { metadata: { neighbor_graph_id: id } },
  );
