import { DomainError } from '@noema/kernel';

/** An archive of data that cannot be unpacked. */
export const dataInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'DATA_INVALID', `the archive of data cannot be used: ${why}`, {
    violations: [{ field: 'parts', description: why.slice(0, 1_000) }],
  });

export const dataPartNotFound = (sha256: string): DomainError =>
  new DomainError(
    'not-found',
    'DATA_PART_NOT_FOUND',
    `the part ${sha256.slice(0, 64)} of the archive of data is not stored in this project; send it by ` +
      'UploadWheelPart first, and within a day',
  );

/** A pod holds the data of a manifest in its /tmp. */
export const dataExceedsPod = (bytes: number, tmpBytes: number): DomainError =>
  new DomainError(
    'precondition',
    'DATA_TOO_LARGE',
    `the data have ${mebibytes(bytes)} MiB, and the /tmp of a pod of user code has ${mebibytes(tmpBytes)} MiB, of ` +
      'which a quarter is kept free; send fewer files, or ask the operator to raise NOEMA_INTEGRATION_TMP_MB',
  );

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
