import { DomainError } from '@noema/kernel';

const field = (description: string) => ({ violations: [{ field: 'model_file', description }] });

export const formatUnknown = (known: readonly string[]): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_FORMAT_UNKNOWN',
    `the file is of no known format; give ${known.join(', ')}`,
    field('is of no known format'),
  );

export const fileInvalid = (why: string, cause?: unknown): DomainError =>
  new DomainError('invalid', 'MODEL_FILE_INVALID', `the file cannot be imported: ${why}`, {
    ...field(why),
    ...(cause === undefined ? {} : { cause }),
  });

export const operatorsUnknown = (names: readonly string[]): DomainError =>
  new DomainError(
    'unsupported',
    'MODEL_OPERATOR_UNSUPPORTED',
    `the model has operators that are not run here: ${names.join(', ')}; export it without them`,
    { ...field(`has ${names.join(', ')}`), metadata: { operators: names.join(', ') } },
  );

export const optionInvalid = (name: string, why: string): DomainError =>
  new DomainError('invalid', 'MODEL_IMPORT_INVALID', why, {
    violations: [{ field: `model_file.${name}`, description: why }],
  });

export const importTooLarge = (limitBytes: number): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_IMPORT_TOO_LARGE',
    `the file asks for more memory than the ${limitBytes} bytes that an import may take, or its reader ` +
      'broke down; make the model smaller',
    field('asks for too much memory'),
  );

export const importTooSlow = (limitMs: number): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_IMPORT_TOO_SLOW',
    `reading the file took longer than ${limitMs} ms; make the model smaller`,
    field('takes too long to read'),
  );
