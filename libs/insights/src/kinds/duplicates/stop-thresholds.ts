/** Share of the planted copies of a kind that may be given up at a step. */
const GIVEN_UP = 0.01;
/** Part of the gap to 1 that the estimate of a copy may be larger than for the planted copies. */
const MARGIN = 1.5;

/**
 * Returns the estimates of each view and step below which a pair is given up, [views, steps]; −2 where none is known.
 * Views of one kind share them, because few planted copies fit one view best.
 */
export function findStopThresholds(
  traces: readonly { readonly view: number; readonly trace: Float64Array }[],
  viewKinds: readonly number[],
  steps: number,
): Float64Array {
  const least = new Float64Array(viewKinds.length * steps).fill(-2);
  viewKinds.forEach((kind, own) => {
    const alike = traces.filter(({ view }) => viewKinds[view] === kind);
    if (alike.length === 0) return;
    for (let step = 0; step < steps; step++) {
      const estimates = Float64Array.from(alike, ({ trace }) => trace[step]!).sort();
      least[own * steps + step] = 1 - MARGIN * (1 - estimates[Math.floor(GIVEN_UP * estimates.length)]!);
    }
  });
  return least;
}
