export { type AnchorOptions, type Anchors, findAnchors } from './anchors.js';
export {
  type Boxes,
  boxesFromCenters,
  boxesFromEdges,
  checkBoxes,
  type FloatColumn,
  selectBoxes,
} from './boxes.js';
export type { AreaRange } from './class-ranking.js';
export {
  type ClassEvaluation,
  COCO_AREAS,
  COCO_IOU_THRESHOLDS,
  type DetectionEvaluation,
  evaluateDetection,
  type EvaluationOptions,
} from './evaluation.js';
export { fitLetterbox, type Letterbox, type Size, undoLetterbox } from './letterbox.js';
export { joinPredictions, type Predictions, selectPredictions, type Truths } from './objects.js';
export {
  type DetectionOutcomes,
  type OutcomeOptions,
  PREDICTION_OUTCOMES,
  type PredictionOutcome,
  TRUTH_OUTCOMES,
  type TruthOutcome,
} from './outcome-kinds.js';
export { classifyOutcomes } from './outcomes.js';
export { boxOverlap, boxOverlaps } from './overlap.js';
export {
  packPredictions,
  type PackedBoxes,
  PREDICTION_FIELDS,
  readPredictions,
  readTruths,
  TRUTH_FIELDS,
} from './packed/packed-boxes.js';
export { countOutcomes, type PictureOutcomes } from './picture-outcomes.js';
export { type SuppressionOptions, suppressNonMaxima } from './suppression.js';
export { type AnchorFreeHead, decodeAnchorFreeHead } from './yolo/anchor-free-head.js';
export { type AnchorHead, decodeAnchorHead } from './yolo/anchor-head.js';
export { assignCells, type CellGrid, decodeCellGrid } from './yolo/cell-grid.js';
export {
  decodeDetections,
  type DetectionForm,
  type DetectionOutput,
  findDetectionForm,
} from './yolo/detection-output.js';
export { decodeExportedBoxes, type ExportedBoxes } from './yolo/exported-boxes.js';
export { type DecodeOptions, DEFAULT_SCORE_THRESHOLD, type HeadGrid } from './yolo/head.js';
