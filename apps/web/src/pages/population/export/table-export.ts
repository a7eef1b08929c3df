import { PointOrder } from '@noema/contracts/noema/projection/v1/exploration_service';
import { readColumns } from '../../../api/point-columns.js';
import { explorations } from '../../../api/clients.js';
import { readPieces } from '../../../api/streamed-bytes.js';
import { type Column, isDerived } from '../points/column.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';

/**
 * Columns of a map in full precision, in the order of the points; ids among them. Throws what the API throws.
 */
export async function loadTable(scope: PointScope, names: readonly string[]): Promise<Column[]> {
  const answers = explorations.streamPointColumns({
    explorationId: scope.explorationId,
    columns: names.filter((name) => !isDerived(name)),
    order: PointOrder.SPREAD,
  });
  const { count, numbers, codes, texts } = await readColumns(readPieces(answers));
  await pointCache.want(scope, names.filter(isDerived));
  return names.flatMap((name): Column[] => {
    if (isDerived(name)) return [pointCache.find(scope, name)].filter((column) => column !== undefined);
    const [values, code, text] = [numbers.get(name), codes.get(name), texts.get(name)];
    if (values !== undefined) return [{ name, kind: 'number', values }];
    if (code !== undefined)
      return [{ name, kind: 'code', values: code.values, missing: code.missing, names: code.names }];
    if (text !== undefined)
      return [
        {
          name,
          kind: 'code',
          values: Int32Array.from({ length: count }, (_, i) => i),
          missing: -1,
          names: Array.from({ length: count }, (_, i) => text.at(i) ?? ''),
        },
      ];
    return [];
  });
}
