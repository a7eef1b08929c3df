/** The columns of an evaluation; filters over evaluations and columns of points carry the same names. */
export const EVALUATION_COLUMNS = {
  loss: 'loss',
  hasLoss: 'has_loss',
  predictedClass: 'predicted_class',
  trueClass: 'true_class',
  correct: 'correct',
  probabilities: 'probabilities',
  predictions: 'predictions',
  targets: 'targets',
  residual: 'residual',
  pixelAccuracy: 'pixel_accuracy',
  iou: 'iou',
} as const;
