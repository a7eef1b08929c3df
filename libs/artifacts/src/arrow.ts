export { type BlobColumn, readBlobs, writeBlobs } from './arrow/blobs.js';
export { type MatrixColumn, type MatrixData, MatrixFile, readMatrix, writeMatrix } from './arrow/matrix.js';
