/**
 * How pictures are on the map: at their dots when few samples are in view; in a grid, of each cell the sample
 * nearest to its middle or the one with the highest loss; or not at all.
 */
export const PICTURE_MODES = ['dots', 'middle', 'worst', 'none'] as const;

export type PictureMode = (typeof PICTURE_MODES)[number];

/** Whether pictures lie in a grid over the map. */
export const isGrid = (mode: PictureMode): boolean => mode === 'middle' || mode === 'worst';
