import { MAX_COLUMN_NAME } from '../runner/answer.limits.js';
import { isMediaType, mediaTypes } from '../runner/visual.checks.js';
import { uploadInvalid } from './upload.errors.js';
import { countSamples, type SentTensor, type UploadManifest } from './upload.js';

const MAX_SAMPLES = 10_000_000;
const MAX_COLUMNS = 200;
const MAX_CLASSES = 100_000;
const MAX_ROW_BYTES = 2 ** 29;
const MAX_CHUNK_ROWS = 65_536;
const TENSOR_NAME = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** Throws `invalid` UPLOAD_INVALID that names the field, its value and what it must be. */
export function requireManifest(manifest: UploadManifest): void {
  const { splits, inputs, groundTruths, classNames, metadataColumns, visualizers, chunkRows, digest } =
    manifest;
  const samples = countSamples(manifest);
  if (splits.length === 0 || splits.some(({ count }) => count < 1) || samples > MAX_SAMPLES)
    throw uploadInvalid('manifest.splits', splits, `splits of together 1 to ${MAX_SAMPLES} samples`);
  requireDistinct(
    'manifest.splits',
    splits.map(({ split }) => split),
  );
  if (inputs.length === 0) throw uploadInvalid('manifest.inputs', inputs, 'at least one input');
  requireTensors('manifest.inputs', inputs);
  requireTensors('manifest.ground_truths', groundTruths);
  if (classNames.length > MAX_CLASSES || classNames.some((name) => name === '' || name.length > 1_000))
    throw uploadInvalid(
      'manifest.class_names',
      classNames.length,
      `at most ${MAX_CLASSES} names of 1 to 1000 characters`,
    );
  requireDistinct('manifest.class_names', classNames);
  if (metadataColumns.length > MAX_COLUMNS)
    throw uploadInvalid(
      'manifest.metadata_columns',
      metadataColumns.length,
      `at most ${MAX_COLUMNS} columns`,
    );
  for (const { name } of metadataColumns)
    if (name === '' || name.length > MAX_COLUMN_NAME || /\p{Cc}/u.test(name))
      throw uploadInvalid(
        'manifest.metadata_columns.name',
        name,
        `1 to ${MAX_COLUMN_NAME} characters without control characters`,
      );
  requireDistinct(
    'manifest.metadata_columns',
    metadataColumns.map(({ name }) => name),
  );
  for (const { name, mediaType } of visualizers) {
    requireName('manifest.visualizers.name', name);
    if (!isMediaType(mediaType))
      throw uploadInvalid('manifest.visualizers.media_type', mediaType, `one of ${mediaTypes().join(', ')}`);
  }
  requireDistinct(
    'manifest.visualizers',
    visualizers.map(({ name }) => name),
  );
  if (chunkRows < 1 || chunkRows > MAX_CHUNK_ROWS)
    throw uploadInvalid('manifest.chunk_rows', chunkRows, `1 to ${MAX_CHUNK_ROWS}`);
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw uploadInvalid('manifest.digest', digest, 'a SHA-256 as 64 hexadecimal digits');
}

function requireTensors(field: string, tensors: readonly SentTensor[]): void {
  for (const { name, dims, scale } of tensors) {
    requireName(`${field}.spec.name`, name);
    if (
      dims.length > 8 ||
      dims.some((dim) => dim < 1) ||
      dims.reduce((size, dim) => size * dim, 4) > MAX_ROW_BYTES
    )
      throw uploadInvalid(
        `${field}.spec.dims`,
        dims,
        'at most 8 sizes from 1, together at most 512 MiB a sample',
      );
    if (!Number.isFinite(scale)) throw uploadInvalid(`${field}.scale`, scale, 'a finite number');
  }
  requireDistinct(
    field,
    tensors.map(({ name }) => name),
  );
}

function requireName(field: string, name: string): void {
  if (!TENSOR_NAME.test(name))
    throw uploadInvalid(field, name, 'a letter or _, then at most 63 letters, digits, _ or -');
}

function requireDistinct(field: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw uploadInvalid(field, twice, 'named once');
}
