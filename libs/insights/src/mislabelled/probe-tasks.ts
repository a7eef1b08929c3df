import { fitParameters, type LogisticFit } from '../statistics/logistic-regression.js';

/** The part of the search for wrong labels that runs in threads. */
export const probeTasks = {
  /** Returns the parameters of each fit. */
  fitProbes: (fits: readonly LogisticFit[]): Float64Array[] => fits.map(fitParameters),
};
