/**
 * The names of the classes of an output of `width` numbers: the class names of the data where the numbers
 * agree; empty for another head, whose classes are called by their numbers.
 */
export const classNamesFor = (width: number, classNames: readonly string[]): readonly string[] =>
  width === classNames.length || (width === 1 && classNames.length === 2) ? classNames : [];
