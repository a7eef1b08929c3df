import { pointsWithin } from '@noema/scatterplot';
import { explorations, slices } from '../../../api/clients.js';
import { bothMasks, type BitMask, combineMask, countBits, pointMask, rowBitmap } from '../points/bit-mask.js';
import { maskOfFilter } from './filters.js';
import { toScope } from '../maps/map-scope.state.js';
import { isChange } from '../points/column.js';
import type { PointOrder } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { encodeRows, MAX_LENGTH } from '../../../features/selection/row-code.js';
import { decodeRows } from './selection-code.js';
import { decodeSteps, encodeSteps, type OutlineStep, type SelectionStep } from './selection-steps.js';

/** Selections that this tab remembers. */
const MOST = 12;

/**
 * Selections of this tab: the points of codes, so that they are not searched again, and the steps that led to
 * them.
 */
const kept = new Map<
  string,
  { readonly mask: BitMask; readonly order: PointOrder; readonly steps: readonly SelectionStep[] | undefined }
>();

/** The points of a code that this tab selected itself. */
export function keptMask(code: string, order: PointOrder | undefined): BitMask | undefined {
  const found = kept.get(code);
  return found !== undefined && found.order.count === order?.count && found.order.stride === order.stride
    ? found.mask
    : undefined;
}

/**
 * The code of selected points for the address: their rows when there are few, else the steps that led to
 * them; `large` when neither fits, which only this tab knows.
 */
export function codeOfPoints(mask: BitMask, order: PointOrder, before = '', step?: OutlineStep): string {
  const steps = step === undefined ? undefined : step.how === 'replace' ? [step] : withStep(before, step);
  const code = rowsText(mask, order) ?? (steps === undefined ? undefined : encodeSteps(steps)) ?? 'large';
  kept.delete(code);
  kept.set(code, { mask, order, steps });
  for (const oldest of kept.keys()) if (kept.size > MOST) kept.delete(oldest);
  return code;
}

function rowsText(mask: BitMask, order: PointOrder): string | undefined {
  // A row takes a byte of its gap, or all rows a bit: where neither can fit, none is tried.
  if (countBits(mask) > MAX_LENGTH && order.count > MAX_LENGTH * 8) return undefined;
  return encodeRows(rowBitmap(mask, order.count, order.stride % order.count));
}

function withStep(before: string, step: OutlineStep): readonly SelectionStep[] | undefined {
  if (before === '') return [step];
  const steps =
    kept.get(before)?.steps ??
    decodeSteps(before) ??
    (before === 'large' ? undefined : [{ kind: 'rows' as const, code: before }]);
  return steps === undefined ? undefined : [...steps, step];
}

const SLICE = 'slice:';

/** The id of the slice of a code; `undefined` for the code of other rows. */
export const findSliceId = (code: string): string | undefined =>
  code.startsWith(SLICE) ? code.slice(SLICE.length) : undefined;

/**
 * The points of a code from an address; `undefined` when they cannot be found. Throws what the API throws.
 */
export async function maskOfCode(
  code: string,
  order: PointOrder,
  signal: AbortSignal,
): Promise<BitMask | undefined> {
  const sliceId = findSliceId(code);
  if (sliceId !== undefined) {
    const bitmap = (await slices.getSlice({ sliceId }, { signal })).slice?.bitmap;
    return bitmap === undefined ? undefined : pointMask(bitmap, order.count, order.stride % order.count);
  }
  const steps = decodeSteps(code);
  if (steps === undefined) {
    const rows = decodeRows(code, order.count);
    return rows === undefined ? undefined : pointMask(rows, order.count, order.stride % order.count);
  }
  let mask: BitMask | undefined;
  for (const step of steps) {
    const next =
      step.kind === 'rows' ? await maskOfCode(step.code, order, signal) : await within(step, signal);
    if (next === undefined) return undefined;
    mask = combineMask(mask, next, step.kind === 'rows' ? 'replace' : step.how);
  }
  return mask;
}

async function within(
  { mapId, outline, filters }: OutlineStep,
  signal: AbortSignal,
): Promise<BitMask | undefined> {
  const { exploration } = await explorations.getExploration({ explorationId: mapId }, { signal });
  // Which versions a filter compared is not part of a code.
  if (exploration === undefined || filters.some(({ column }) => isChange(column))) return undefined;
  const scope = toScope(exploration, exploration.runId);
  await pointCache.want(scope, ['x', 'y', ...filters.map(({ column }) => column)]);
  const [x, y] = [pointCache.find(scope, 'x'), pointCache.find(scope, 'y')];
  if (x?.kind !== 'number' || y?.kind !== 'number') return undefined;
  return filters.reduce(
    (mask, filter) => {
      const column = pointCache.find(scope, filter.column);
      return column === undefined ? mask : bothMasks(mask, maskOfFilter(filter, column));
    },
    pointsWithin(outline, x.values, y.values),
  );
}
