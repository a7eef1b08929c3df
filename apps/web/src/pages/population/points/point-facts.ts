import { parseSplit } from '../../../parts/address/split.js';
import type { SampleAddress } from '../../../parts/address/sample-key.js';
import type { Column } from './column.js';
import type { PointScope } from './point-cache.js';
import { pointCache } from './points.query.js';

/** The name of a point in a column of codes. */
export function nameAt(column: Column | undefined, point: number): string | undefined {
  return column?.kind === 'code' ? column.names[column.values[point]!] : undefined;
}

/** The code of a point in a column of codes; -1 for none. */
export function codeAt(column: Column | undefined, point: number): number {
  const code = column?.kind === 'code' ? (column.values[point] ?? column.missing) : -1;
  return column?.kind === 'code' && code === column.missing ? -1 : code;
}

/** The number of a point; NaN where there is none. */
export function numberAt(column: Column | undefined, point: number): number | undefined {
  return column?.kind === 'number' ? column.values[point] : undefined;
}

/** The address of a point's sample; with an empty id until ids have been loaded. */
export function readAddress(scope: PointScope, point: number): SampleAddress {
  return {
    split: parseSplit(nameAt(pointCache.find(scope, 'split'), point) ?? ''),
    sampleId: pointCache.findTexts(scope, 'sample_id')?.at(point) ?? '',
  };
}
