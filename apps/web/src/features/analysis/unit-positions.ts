/** How the responses of a layer's units to a sample are drawn. */
export type UnitDrawing = 'over-picture' | 'alone' | 'none';

export interface UnitPositions {
  readonly drawing: UnitDrawing;
  /** Explanation for the reader, in full sentences. */
  readonly note: string;
}

/**
 * Decides from the shape of a layer's positions whether its units are drawn over the picture of the sample, as a
 * map of their own, or not at all, and explains it.
 */
export function describeUnitPositions(positionDims: readonly number[], isPicture: boolean): UnitPositions {
  const [length = 0] = positionDims;
  if (positionDims.length === 0)
    return {
      drawing: 'none',
      note:
        'This layer has no positions: each unit responds once to the whole sample, so there is no place to ' +
        'show.',
    };
  const scale = 'Yellow is the largest response of the unit, purple its smallest';
  if (positionDims.length === 1)
    return {
      drawing: 'alone',
      note:
        `Responses at ${length} ${length === 1 ? 'position' : 'positions'} of the sample, from the first on ` +
        `the left to the last. ${scale}.`,
    };
  const grid = positionDims.join(' × ');
  return isPicture
    ? { drawing: 'over-picture', note: `Responses at ${grid} positions, over the sample. ${scale}.` }
    : {
        drawing: 'alone',
        note: `Responses at ${grid} positions; the sample has no picture to lay them over. ${scale}.`,
      };
}
