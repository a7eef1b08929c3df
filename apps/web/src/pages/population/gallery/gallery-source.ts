import type { BitMask } from '../points/bit-mask.js';
import { hasBit } from '../points/bit-mask.js';
import { codeTitle, type Column } from '../points/column.js';
import { nameAt, numberAt } from '../points/point-facts.js';
import { findOwner } from '../points/placed-rows.js';
import type { PointOrder, PointScope } from '../points/point-cache.js';
import type { GalleryItems, KnownFacts } from '../../../features/gallery/gallery-items.js';
import { sortItems, STEP } from '../../../features/gallery/item-order.js';
import { value } from '../../../parts/numbers.js';

/** Points up to which all are sorted before the first ones are shown. */
const FEW = 250_000;
/** Points that are shown while the others are sorted. */
const FIRST = 120;

type Steps = Generator<Uint32Array | undefined, Uint32Array, void>;

/** Points of the mask, or all, in the order of their rows. */
function* pointsByRow({ count, toPoint }: PointOrder, mask: BitMask | undefined): Steps {
  const points = new Uint32Array(count);
  let length = 0;
  for (let row = 0; row < count; row++) {
    const point = toPoint(row);
    if (mask === undefined || hasBit(mask, point)) points[length++] = point;
    if (row % STEP === STEP - 1) yield undefined;
  }
  return points.subarray(0, length);
}

/**
 * Points in the order of a column; of rows without one. Yields between steps, so that the page can draw; of
 * many points the first ones at once, before all are sorted.
 */
export function* orderPoints(
  order: PointOrder,
  mask: BitMask | undefined,
  column: Column | undefined,
  isDescending: boolean,
): Steps {
  if (column?.kind === 'number' && order.count > FEW)
    yield firstPoints(column.values, { order, mask, isDescending });
  const points = yield* pointsByRow(order, mask);
  if (column === undefined) return isDescending ? points.toReversed() : points;
  const steps = sortItems(points, column, isDescending);
  for (;;) {
    const { done, value: sorted } = steps.next();
    if (done === true) return sorted;
    yield undefined;
  }
}

/** The points that come first in the order of their numbers; equal ones by their rows. */
function firstPoints(
  values: Float32Array,
  {
    order: { toRow },
    mask,
    isDescending,
  }: { readonly order: PointOrder; readonly mask: BitMask | undefined; readonly isDescending: boolean },
): Uint32Array {
  const isBefore = (a: number, b: number): boolean =>
    values[a] === values[b]
      ? toRow(a) < toRow(b)
      : isDescending
        ? values[a]! > values[b]!
        : values[a]! < values[b]!;
  const first: number[] = [];
  let bar = isDescending ? -Infinity : Infinity;
  for (let point = 0; point < values.length; point++) {
    const one = values[point]!;
    if (!(isDescending ? one >= bar : one <= bar) || (mask !== undefined && !hasBit(mask, point))) continue;
    let at = first.length;
    while (at > 0 && isBefore(point, first[at - 1]!)) at--;
    if (at === FIRST) continue;
    first.splice(at, 0, point);
    if (first.length > FIRST) first.pop();
    if (first.length === FIRST) bar = values[first[FIRST - 1]!]!;
  }
  return Uint32Array.from(first);
}

/** The points as items of a gallery, with what their columns say of them. */
export function galleryItems(
  {
    points,
    key,
    isWhole,
  }: { readonly points: ArrayLike<number>; readonly key: string; readonly isWhole: boolean },
  {
    scope,
    order,
    columns,
    column,
  }: {
    readonly scope: PointScope;
    readonly order: PointOrder;
    readonly columns: ReadonlyMap<string, Column>;
    readonly column: Column | undefined;
  },
): GalleryItems {
  const [label, prediction] = [columns.get('true_class'), columns.get('predicted_class')];
  return {
    key,
    count: points.length,
    isWhole,
    total: order.count,
    evaluatedTotal: scope.placed?.firstRow ?? order.count,
    itemAt: (index) => {
      const id = order.toRow(points[index]!);
      const { datasetVersionId, row, isPlaced } = findOwner(scope, id);
      return { id, datasetVersionId, row, isEvaluated: !isPlaced };
    },
    factsAt: (index): KnownFacts => {
      const point = points[index]!;
      return {
        label: nameAt(label, point),
        prediction: nameAt(prediction, point),
        note: noteAt(column, point),
      };
    },
  };
}

/** The value that a point is sorted by; nothing where its verdict says it already. */
function noteAt(column: Column | undefined, point: number): string | undefined {
  if (column === undefined || ['true_class', 'predicted_class', 'correct'].includes(column.name))
    return undefined;
  if (column.kind === 'code') {
    const name = nameAt(column, point);
    return name === undefined ? undefined : codeTitle(column.name, name);
  }
  const number = numberAt(column, point);
  return number === undefined || Number.isNaN(number) ? undefined : value(Number(number.toPrecision(3)));
}
