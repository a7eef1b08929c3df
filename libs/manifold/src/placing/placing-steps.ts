/**
 * Number of parts in which new points are projected. Between them the code reports progress and checks the
 * signal.
 */
export const PLACING_STEPS = 100;
