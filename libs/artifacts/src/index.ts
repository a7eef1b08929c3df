export { artifactKey, type ArtifactKeyParts, formatUri } from './artifact-key.js';
export type { ArtifactDownload, ArtifactStore, ByteRange, StoredArtifact } from './artifact-store.js';
export { artifactDamaged, artifactMissing } from './artifact.errors.js';
export { type BlobColumn, readBlobs, writeBlobs } from './arrow/blobs.js';
export { type StreamField, type StreamValues, writeColumnStream } from './arrow/column-stream.js';
export { HALF_MAX, readFloat16 } from './arrow/half.js';
export {
  type MatrixColumn,
  type MatrixData,
  MatrixFile,
  packed,
  readMatrix,
  writeMatrix,
} from './arrow/matrix.js';
export { type Texts, encodeTexts } from './arrow/texts.js';
export { FileArtifactStore, type FileStoreOptions } from './file/file-store.js';
export { ObservedArtifactStore } from './observed/observed-store.js';
export { openArtifactStore, type StoreOptions } from './open-store.js';
export { type Codes, OpenTable, type TableQuery } from './parquet/open-table.js';
export { writeTable } from './parquet/parquet.js';
export type { TableFile } from './parquet/stored-parquet.js';
export { TableFiles } from './parquet/table-files.js';
export { type Cell, type CellType, quoted, type Table, type TableColumn } from './parquet/table.js';
export { S3_LIMITS } from './s3/s3-attempt.js';
export { S3Calls, type S3Keys } from './s3/s3-calls.js';
export {
  copyS3Objects,
  listS3Objects,
  nameS3Place,
  parseS3Url,
  type S3Object,
  type S3Place,
} from './s3/s3-folder.js';
export { readChunks } from './s3/s3-reader.js';
export { explainS3Error, type S3Access } from './s3/s3-unreadable.js';
export { sweepArtifacts, type SweepOptions } from './sweeper.js';
