/** Weights of the three kinds of pairs in one step. */
export interface PairWeights {
  readonly near: number;
  readonly mid: number;
  readonly far: number;
}

/** Numbers of steps of the three phases: global structure, then both, then local structure. */
export interface Phases {
  readonly global: number;
  readonly middle: number;
  readonly local: number;
}

/** Returns the weights of step `step`, starting at 0 (Wang et al. 2021, table 1). */
export function weightsAt(step: number, { global, middle }: Phases): PairWeights {
  if (step < global) return { near: 2, mid: (1 - step / global) * 1000 + (step / global) * 3, far: 1 };
  if (step < global + middle) return { near: 3, mid: 3, far: 1 };
  return { near: 1, mid: 0, far: 1 };
}
