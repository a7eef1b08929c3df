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
