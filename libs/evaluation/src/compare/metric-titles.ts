const TITLES: Readonly<Record<string, string>> = {
  correct: 'accuracy',
  loss: 'mean loss',
  residual: 'mean absolute residual',
  pixel_accuracy: 'mean accuracy by position',
  iou: 'mean IoU',
};

/** The name of the metric of a field when versions are compared. */
export const metricTitle = (field: string): string => TITLES[field] ?? field;
