/**
 * Task of a model's output: one of several classes, any number of labels, one of two classes, a number, or a
 * class at every position.
 */
export type Task = 'multi-class' | 'multi-label' | 'binary' | 'regression' | 'per-pixel';

/** True for a task that assigns one class to each sample. */
export const namesOneClass = (task: Task | undefined): boolean => task === 'multi-class' || task === 'binary';
