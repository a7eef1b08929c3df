import { DomainError } from '@noema/kernel';

export const setNotProjected = (id: string, setId: string): DomainError =>
  new DomainError(
    'precondition',
    'SET_NOT_PROJECTED',
    `activation set "${id}" is not made in the basis of set "${setId}", or not ready; project its data ` +
      'onto that set, and wait for the job',
    { metadata: { activation_set_id: id, reference_set_id: setId } },
  );

export const alreadyProjected = (id: string, onto: string): DomainError =>
  new DomainError(
    'precondition',
    'EXPLORATION_PROJECTED',
    `exploration ${id} shows data placed in exploration ${onto}; place others in that one`,
    { metadata: { exploration_id: id, projected_onto: onto } },
  );
