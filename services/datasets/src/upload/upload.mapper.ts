import { fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { findSplit } from '@noema/contracts';
import { ColumnType } from '@noema/contracts/noema/datasets/v1/dataset_version';
import {
  type UploadChunk,
  UploadChunkSchema,
  type UploadedTensor,
  type UploadManifest as ManifestMessage,
  type UploadSchema,
} from '@noema/contracts/noema/datasets/v1/upload';
import { DataType } from '@noema/contracts/noema/type/v1/tensor_spec';
import { uploadInvalid } from './upload.errors.js';
import {
  countChunks,
  type SentChunk,
  type SentTensor,
  type SentType,
  type ReceivedUpload,
  type UploadManifest,
} from './upload.js';

const TYPES: Partial<Record<DataType, SentType>> = {
  [DataType.FLOAT32]: 'float32',
  [DataType.FLOAT16]: 'float16',
  [DataType.INT32]: 'int32',
  [DataType.UINT8]: 'uint8',
};
const COLUMNS: Partial<Record<ColumnType, 'number' | 'string' | 'boolean'>> = {
  [ColumnType.NUMBER]: 'number',
  [ColumnType.STRING]: 'string',
  [ColumnType.BOOLEAN]: 'boolean',
};

/** Throws `invalid` UPLOAD_INVALID. */
export function toManifest(message: ManifestMessage | undefined): UploadManifest {
  if (message === undefined) throw uploadInvalid('manifest', undefined, 'given');
  return {
    splits: message.splits.map(({ split, count }) => {
      const name = findSplit(split);
      if (name === undefined) throw uploadInvalid('manifest.splits.split', split, 'a split');
      return { split: name, count };
    }),
    inputs: message.inputs.map((tensor) => toTensor('manifest.inputs', tensor)),
    groundTruths: message.groundTruths.map((tensor) => toTensor('manifest.ground_truths', tensor)),
    classNames: message.classNames,
    metadataColumns: message.metadataColumns.map(({ name, type }) => {
      const column = COLUMNS[type];
      if (column === undefined)
        throw uploadInvalid('manifest.metadata_columns.type', type, 'NUMBER, STRING or BOOLEAN');
      return { name, type: column };
    }),
    visualizers: message.visualizers.map(({ name, mediaType }) => ({ name, mediaType })),
    chunkRows: message.chunkRows,
    digest: message.digest,
  };
}

function toTensor(field: string, { spec, scale }: UploadedTensor): SentTensor {
  const type = TYPES[spec?.dataType ?? DataType.UNSPECIFIED];
  if (spec === undefined || type === undefined)
    throw uploadInvalid(`${field}.spec.data_type`, spec?.dataType, 'FLOAT32, FLOAT16, INT32 or UINT8');
  return { name: spec.name, type, dims: spec.dims, scale: scale === 0 ? 1 : scale };
}

export const chunkBytes = (chunk: UploadChunk): Uint8Array => toBinary(UploadChunkSchema, chunk);

export const readChunk = (bytes: Uint8Array): SentChunk => fromBinary(UploadChunkSchema, bytes);

export const uploadMessage = (upload: ReceivedUpload): MessageInitShape<typeof UploadSchema> => ({
  id: upload.id,
  projectId: upload.projectId,
  chunkCount: countChunks(upload.manifest),
  receivedChunks: [...upload.received],
  datasetVersionId: upload.datasetVersionId ?? '',
  createTime: timestampFromDate(upload.createTime),
});
