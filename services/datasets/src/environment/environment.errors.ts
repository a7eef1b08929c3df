import { DomainError } from '@noema/kernel';

const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);

/** A wheel that no environment is built of. */
export const wheelInvalid = (fileName: string, why: string): DomainError =>
  new DomainError(
    'invalid',
    'WHEEL_INVALID',
    `the wheel "${fileName.slice(0, 200)}" cannot be used: ${why}`,
    {
      metadata: { wheel: fileName.slice(0, 200) },
    },
  );

export const wheelUnfit = (fileName: string, python: string): DomainError =>
  new DomainError(
    'invalid',
    'WHEEL_UNFIT',
    `the wheel "${fileName}" is not for the interpreter, which is ${python}; download wheels for that one ` +
      '("noema integration upload" does)',
    { metadata: { wheel: fileName } },
  );

export const wheelPartNotFound = (fileName: string, sha256: string): DomainError =>
  new DomainError(
    'not-found',
    'WHEEL_PART_NOT_FOUND',
    `the part ${sha256.slice(0, 64)} of the wheel "${fileName.slice(0, 200)}" is not stored in this project; send ` +
      'it by UploadWheelPart first (noema integration upload)',
    { metadata: { wheel: fileName.slice(0, 200) } },
  );

export const wheelPartInvalid = (bytes: number, largest: number): DomainError =>
  new DomainError(
    'invalid',
    'WHEEL_PART_INVALID',
    `a part of a wheel has ${bytes} bytes; 1 to ${largest} can be uploaded in one call`,
    { violations: [{ field: 'content', description: `1 to ${largest} bytes` }] },
  );

export const wheelHashesTooMany = (count: number, limit: number): DomainError =>
  new DomainError(
    'invalid',
    'WHEEL_HASHES_TOO_MANY',
    `the request has ${count} hashes, and ${limit} can be looked up in one call; split them into several calls`,
    { violations: [{ field: 'sha256', description: `at most ${limit} hashes` }] },
  );

export const wheelsWithoutBundle = (): DomainError =>
  new DomainError(
    'invalid',
    'WHEELS_WITHOUT_BUNDLE',
    'wheels are only for a bundle or a module in Python with a requirements.txt; give source.bundle or ' +
      'source.module_path, or leave wheels out',
    {
      violations: [
        { field: 'wheels', description: 'only with source.bundle or source.module_path in Python' },
      ],
    },
  );

export const environmentTooLarge = (what: string, limit: string): DomainError =>
  new DomainError(
    'invalid',
    'ENVIRONMENT_TOO_LARGE',
    `the environment has ${what}, and ${limit} is the limit; leave packages out of requirements.txt that the ` +
      'integration does not import, or ask the operator to install them for the interpreter that NOEMA_PYTHON names',
  );

/** A pod holds its environment in its /tmp. */
export const environmentExceedsPod = (bytes: number, tmpBytes: number): DomainError =>
  new DomainError(
    'precondition',
    'ENVIRONMENT_TOO_LARGE',
    `the environment has ${mebibytes(bytes)} MiB, and the /tmp of a pod of user code has ${mebibytes(tmpBytes)} MiB ` +
      'for it, of which a quarter is kept free; leave packages out of requirements.txt, or ask the operator to raise ' +
      'NOEMA_INTEGRATION_TMP_MB',
  );

export const requirementsInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'REQUIREMENTS_INVALID', `requirements.txt cannot be used: ${why}`);

/** `unlocked` are the lines that pin no version. */
export const requirementsNotLocked = (unlocked: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'REQUIREMENTS_NOT_LOCKED',
    `requirements.txt does not say exactly which versions: ${unlocked.slice(0, 20).join(', ')}. An environment is ` +
      'built of packages that are pinned by ==, with all that they need; "noema integration lock <path>" writes ' +
      'such a list, with hashes',
    { metadata: { unlocked: unlocked.join(', ').slice(0, 1000) } },
  );
