import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBStructType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import type { ListedObjects } from '../records.js';
import { classNames, type Feature } from './hugging-face.js';

const BOXES = /^(?:bbox|box)(?:es)?$/i;
const CLASSES = /^(?:categor(?:y|ies)|labels?|class(?:es)?|names?)(?:_ids?|_names?)?$/i;
const CLASS_TYPES = new Set<DuckDBTypeId>([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
]);
const NUMBER_TYPES = new Set<DuckDBTypeId>([
  ...CLASS_TYPES,
  DuckDBTypeId.FLOAT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.DECIMAL,
]);

/**
 * The entries of a column that have boxes and classes: a structure of lists, or a list of structures, as tables of
 * Hugging Face have objects; `undefined` for another column.
 */
export function findListedObjects(type: DuckDBType, feature: Feature | undefined): ListedObjects | undefined {
  const item = findItem(type);
  const structure = item ?? type;
  if (!(structure instanceof DuckDBStructType)) return undefined;
  const isOne = item !== undefined;
  const find = (name: RegExp, fits: (value: DuckDBType | undefined) => boolean): string | undefined =>
    structure.entryNames.find((entry, at) => {
      const own = structure.entryTypes[at]!;
      return name.test(entry) && fits(isOne ? own : findItem(own));
    });
  const boxes = find(
    BOXES,
    (value) => value !== undefined && NUMBER_TYPES.has(findItem(value)?.typeId as DuckDBTypeId),
  );
  const classes = find(CLASSES, (value) => value !== undefined && CLASS_TYPES.has(value.typeId));
  if (boxes === undefined || classes === undefined) return undefined;
  const labels = findNames(feature, classes);
  return { boxes, classes, ...(labels && { labels }) };
}

/** The type of the values of a list. */
const findItem = (type: DuckDBType): DuckDBType | undefined =>
  type instanceof DuckDBListType || type instanceof DuckDBArrayType ? type.valueType : undefined;

/** The names of the classes of an entry, which versions of Hugging Face's library state at several places. */
function findNames(feature: unknown, entry: string): readonly string[] | undefined {
  if (typeof feature !== 'object' || feature === null) return undefined;
  if (Array.isArray(feature)) return findNames(feature[0], entry);
  const { [entry]: own, feature: inner } = feature as Record<string, Feature | undefined>;
  return own === undefined ? findNames(inner, entry) : (classNames(own) ?? classNames(own.feature));
}
