/**
 * Orders units by the size of their contribution and leaves out units that contribute nothing. Keeps all where
 * none contributes, as in a model without gradients.
 */
export function orderUnits<T>(units: readonly T[], contribution: (unit: T) => number): T[] {
  const some = units.filter((unit) => contribution(unit) !== 0);
  return (some.length === 0 ? [...units] : some).sort(
    (a, b) => Math.abs(contribution(b)) - Math.abs(contribution(a)),
  );
}
