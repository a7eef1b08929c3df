/**
 * Task of a model's output: one of several classes, any number of labels, one of two classes, a number, a class at
 * every position, or the boxes of objects.
 */
export type Task = 'multi-class' | 'multi-label' | 'binary' | 'regression' | 'per-pixel' | 'detection';

/** True for a task that assigns one class to each sample. */
export const namesOneClass = (task: Task | undefined): task is 'multi-class' | 'binary' =>
  task === 'multi-class' || task === 'binary';
