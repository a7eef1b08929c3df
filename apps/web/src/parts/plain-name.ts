/** Names that are not read by their words: positions are pixels of a mask, or words of a text. */
const READ_AS: Readonly<Record<string, string>> = {
  pixel_accuracy: 'accuracy by position',
  iou: 'IoU',
  mean_iou: 'mean IoU',
  r2_score: 'R²',
};

/** A name of code as people read it: `distance_to_class_mean` is "distance to class mean". */
export const plainName = (name: string): string => READ_AS[name] ?? name.replaceAll('_', ' ');
