import { DomainError } from '@noema/kernel';

const refused = (reason: string, field: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

export const sliceNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'SLICE_NOT_FOUND',
    `there is no slice ${id}; list the slices of the dataset version to see which there are`,
    { metadata: { slice_id: id } },
  );

export const sliceNameTaken = (name: string): DomainError =>
  new DomainError(
    'exists',
    'SLICE_NAME_TAKEN',
    `a slice "${name}" is in the dataset version already; choose another name, or use that one`,
    { metadata: { display_name: name } },
  );

export const sliceSourceMissing = (): DomainError =>
  refused(
    'SLICE_SOURCE_MISSING',
    'selection',
    'the request says neither rows nor a condition; set selection or filter',
  );

export const sliceSourceAmbiguous = (): DomainError =>
  refused('SLICE_SOURCE_AMBIGUOUS', 'filter', 'the request has a selection and a filter; set one of the two');

export const sliceEmpty = (filter: string): DomainError =>
  refused('SLICE_EMPTY', 'filter', `no sample meets the filter ${filter}; a slice has at least one`);

export const descriptionTooLong = (length: number, max: number): DomainError =>
  refused(
    'DESCRIPTION_TOO_LONG',
    'description',
    `description has ${length} characters; at most ${max} are kept`,
  );

export const sliceHasFilter = (name: string, filter: string): DomainError =>
  new DomainError(
    'precondition',
    'SLICE_HAS_FILTER',
    `the rows of the slice "${name}" are the samples that match ${filter}; save them together with the new rows ` +
      'as another slice',
    { metadata: { display_name: name, filter } },
  );

export const sliceHasRows = (name: string): DomainError =>
  new DomainError(
    'precondition',
    'SLICE_HAS_ROWS',
    `the rows of the slice "${name}" were selected one by one, and a filter would replace them; create another ` +
      'slice from the filter',
    { metadata: { display_name: name } },
  );

export const sliceFilterMissing = (name: string): DomainError =>
  refused(
    'SLICE_FILTER_MISSING',
    'filter',
    `the slice "${name}" was created from a filter, and the new one is empty; give a condition`,
  );

export const sliceWouldBeEmpty = (name: string): DomainError =>
  new DomainError(
    'precondition',
    'SLICE_WOULD_BE_EMPTY',
    `the slice "${name}" would have no row left; delete the slice, or keep one row`,
    { metadata: { display_name: name } },
  );

export const rowAddedAndRemoved = (row: number): DomainError =>
  refused('ROW_ADDED_AND_REMOVED', 'remove', `row ${row} is in add and in remove; name it in one of the two`);
