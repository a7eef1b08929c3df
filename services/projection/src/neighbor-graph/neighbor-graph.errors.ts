import { DomainError } from '@noema/kernel';

export const activationSetNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'ACTIVATION_SET_NOT_FOUND',
    `activation set "${id}" does not exist or has no neighbor graph yet; wait until it is ready, or ` +
      'list the sets of the project',
    { metadata: { activation_set_id: id } },
  );

export const graphNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'NEIGHBOR_GRAPH_NOT_FOUND',
    `neighbor graph "${id}" is not known here any more; make the exploration again`,
    { metadata: { neighbor_graph_id: id } },
  );
