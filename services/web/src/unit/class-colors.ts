import { categoryColor, cssOf } from '../population/scales.js';

/** The colour of a class; grey for what has none. */
export const classColor = (index: number): string => (index < 0 ? '#8b91a3' : cssOf(categoryColor(index)));
