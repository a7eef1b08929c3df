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

/** Layers of the user's own, or kinds that no file of layers is read with yet. */
export const customObjects = (kinds: readonly string[]): DomainError => {
  const listed = kinds.slice(0, 20).join(', ').slice(0, 500);
  return new DomainError(
    'unsupported',
    'MODEL_CUSTOM_OBJECTS',
    `the model has layers that are not read here: ${listed}; export it as ONNX ` +
      '(model.export("net.onnx", format="onnx")), which writes layers of your own in standard operators',
    { ...field(`has ${listed}`), metadata: { kinds: listed } },
  );
};

export const lambdaRefused = (names: readonly string[]): DomainError => {
  const listed = names.slice(0, 20).join(', ').slice(0, 500);
  return new DomainError(
    'unsupported',
    'MODEL_LAMBDA',
    `the model has Lambda layers (${listed}), which hold Python code, and no code of a file is run; replace ` +
      'them by layers, or export the model as ONNX (model.export("net.onnx", format="onnx"))',
    field(`has Lambda layers: ${listed}`),
  );
};

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
