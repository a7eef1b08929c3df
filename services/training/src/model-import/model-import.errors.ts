import { DomainError } from '@noema/kernel';

const refused = (field: string, reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field, description: message }] });

export const partEmpty = (): DomainError =>
  refused('content', 'MODEL_PART_EMPTY', 'the part has no bytes; leave it out');

export const partTooLarge = (size: number, most: number): DomainError =>
  refused(
    'content',
    'MODEL_PART_TOO_LARGE',
    `the part has ${size} bytes; at most ${most} are taken at once, so upload the file in several parts`,
  );

export const partMissing = (uri: string): DomainError =>
  new DomainError(
    'not-found',
    'MODEL_PART_NOT_FOUND',
    `there is no part "${uri.slice(0, 200)}" in this project; upload the file (UploadModelPart) and ` +
      'give its parts as the answers have them',
    { violations: [{ field: 'model_file.parts', description: 'is not there' }] },
  );

export const partsMissing = (): DomainError =>
  refused(
    'model_file.parts',
    'MODEL_FILE_MISSING',
    'the request names no part of a file; upload it (UploadModelPart) and give its parts in order',
  );

export const fileTooLarge = (bytes: number, most: number): DomainError =>
  refused(
    'model_file.parts',
    'MODEL_FILE_TOO_LARGE',
    `the file has ${bytes} bytes, and ${most} are imported here; make the model smaller or raise ` +
      'NOEMA_IMPORT_BYTES',
  );

export const tooManyParts = (count: number, most: number): DomainError =>
  refused(
    'model_file.parts',
    'MODEL_FILE_TOO_LARGE',
    `the file has ${count} parts, and ${most} are taken; upload larger ones`,
  );

export const formatUnsupported = (format: string, known: readonly string[]): DomainError =>
  new DomainError(
    'unsupported',
    'MODEL_FORMAT_UNSUPPORTED',
    `models are not imported from ${format}; give ${known.join(', ')}`,
    { violations: [{ field: 'model_file.format', description: `one of ${known.join(', ')}` }] },
  );

export const layersOfVersion = (): DomainError =>
  refused(
    'model_file.layers',
    'MODEL_IMPORT_INVALID',
    'a further version follows the layers of its model; leave model_file.layers empty and name layers ' +
      'in a run',
  );

export const preprocessingOfVersion = (): DomainError =>
  refused(
    'model_file.preprocessing',
    'MODEL_IMPORT_INVALID',
    'a further version has the preprocessing of its model; leave model_file.preprocessing empty, or import the ' +
      'file as a model of its own',
  );

export const tokenizersOfVersion = (): DomainError =>
  refused(
    'model_file.tokenizers',
    'MODEL_IMPORT_INVALID',
    'a further version has the tokenizers of its model; leave model_file.tokenizers empty, or import the file as a ' +
      'model of its own',
  );

export const tokenizersInvalid = (why: string): DomainError =>
  refused('model_file.tokenizers', 'MODEL_IMPORT_INVALID', `model_file.tokenizers ${why}`);

export const preprocessingInvalid = (why: string): DomainError =>
  refused('model_file.preprocessing', 'MODEL_IMPORT_INVALID', `model_file.preprocessing ${why}`);

export const inputShapesInvalid = (why: string): DomainError =>
  refused('model_file.input_shapes', 'MODEL_IMPORT_INVALID', `model_file.input_shapes ${why}`);

export const architectureDiffers = (why: string): DomainError =>
  new DomainError(
    'invalid',
    'MODEL_ARCHITECTURE_DIFFERS',
    `the file is of another architecture: ${why}; import it as a model of its own`,
    { violations: [{ field: 'model_file', description: why }] },
  );
