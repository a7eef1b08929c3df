export {
  EvaluationFile,
  type RowNumbers,
  type StoredOutput,
  writeEvaluation,
} from './evaluation-file.js';
export { ARROW_MEDIA_TYPE } from './file-version.js';
export { type MapPoints, readMap, writeLayout, writeMap } from './map-file.js';
export { type Neighbors, readNeighbors, writeNeighbors } from './neighbor-file.js';
export {
  JSON_MEDIA_TYPE,
  readRecordedResponses,
  readResponseMatrices,
  type RecordedResponses,
  type ResponseMatrices,
  writeRecordedResponses,
  writeResponseMatrices,
} from './recorded-responses.js';
export { nameOutputClasses } from './output-class-names.js';
export { joinVectors, readVectors, type Vectors, writeVectors } from './vector-file.js';
