/** Parts in which new points are placed, so that progress can be told and a signal be heard between them. */
export const PLACING_STEPS = 100;
