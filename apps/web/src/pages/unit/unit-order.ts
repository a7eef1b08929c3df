import type { Unit } from '@noema/contracts/noema/activations/v1/unit';

/** How the units of a layer are sorted. */
export type UnitOrder = 'unit' | 'variance' | 'loss';
export const UNIT_ORDERS: readonly { readonly value: UnitOrder; readonly label: string }[] = [
  { value: 'unit', label: 'by number' },
  { value: 'variance', label: 'by variance' },
  { value: 'loss', label: 'by relation to loss' },
];

type Sortable = Pick<Unit, 'unit' | 'standardDeviation' | 'lossCorrelation'>;

/**
 * Units in the order: by number, by falling variance, or by the falling size of their correlation with the
 * loss.
 */
export function orderUnits<U extends Sortable>(units: readonly U[], order: UnitOrder): U[] {
  const key = ({ standardDeviation, lossCorrelation }: Sortable): number =>
    order === 'variance' ? standardDeviation : order === 'loss' ? Math.abs(lossCorrelation) : 0;
  return [...units].sort((a, b) => key(b) - key(a) || a.unit - b.unit);
}
