import { slices } from '../../../api/clients.js';
import { allPages } from '../../../parts/pages.js';
import { type CodeColumn, MAX_SLICES, SLICE } from './column.js';
import type { PointCache, PointOrder, PointScope } from './point-cache.js';

const SEVERAL = 'several slices';
const NONE = 255;

/** Loads the slice of every point, for the newest slices of a dataset version. Throws what the API throws. */
export async function loadSliceColumn(cache: PointCache, scope: PointScope): Promise<CodeColumn> {
  const { datasetVersionId } = scope;
  const list = await allPages(
    (pageToken) => slices.listSlices({ datasetVersionId, pageSize: MAX_SLICES, pageToken }),
    (page) => page.slices,
    MAX_SLICES,
  );
  const rows = await Promise.all(
    list.map(async ({ id, displayName }) => ({
      name: displayName,
      bitmap: (await slices.getSlice({ sliceId: id })).slice?.bitmap ?? new Uint8Array(),
    })),
  );
  if (cache.findOrder(scope) === undefined) await cache.want(scope, ['x']);
  return toSliceColumn(rows, cache.findOrder(scope)!);
}

/** The slice of every point; points in more than one slice have a code of their own. */
export function toSliceColumn(
  slicesOfRows: readonly { readonly name: string; readonly bitmap: Uint8Array }[],
  order: Pick<PointOrder, 'count' | 'toPoint'>,
): CodeColumn {
  const values = new Uint8Array(order.count).fill(NONE);
  const several = slicesOfRows.length;
  slicesOfRows.forEach(({ bitmap }, code) => {
    for (let byte = 0; byte < bitmap.length; byte++)
      for (let bits = bitmap[byte]!; bits !== 0; bits &= bits - 1) {
        const row = 8 * byte + 31 - Math.clz32(bits & -bits);
        if (row >= order.count) return;
        const point = order.toPoint(row);
        values[point] = values[point] === NONE ? code : several;
      }
  });
  const names = slicesOfRows.map(({ name }) => name);
  return {
    name: SLICE,
    kind: 'code',
    values,
    missing: NONE,
    names: values.includes(several) ? [...names, SEVERAL] : names,
  };
}
