/**
 * What an output of a model is asked to do: tell one of several classes, any of several labels, one of two
 * classes, a number, or a class at every position.
 */
export type Task = 'multi-class' | 'multi-label' | 'binary' | 'regression' | 'per-pixel';

/** True for a task that gives a sample one class. */
export const namesOneClass = (task: Task | undefined): boolean => task === 'multi-class' || task === 'binary';
