import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBTypeId,
  type DuckDBType,
  type DuckDBValue,
  FLOAT,
  INTEGER,
  SQLNULL,
  VARCHAR,
} from '@duckdb/node-api';
import { DomainError } from '@noema/kernel';
import type { Cell, CellType } from './table.js';

/** DuckDB type of every cell type. */
export const DUCKDB_TYPES: Readonly<Record<CellType, DuckDBType>> = {
  string: VARCHAR,
  int32: INTEGER,
  int64: BIGINT,
  float32: FLOAT,
  float64: DOUBLE,
  boolean: BOOLEAN,
};

const CELL_TYPES = new Map<DuckDBTypeId, CellType>([
  [DuckDBTypeId.VARCHAR, 'string'],
  [DuckDBTypeId.INTEGER, 'int32'],
  [DuckDBTypeId.SMALLINT, 'int32'],
  [DuckDBTypeId.TINYINT, 'int32'],
  [DuckDBTypeId.UTINYINT, 'int32'],
  [DuckDBTypeId.USMALLINT, 'int32'],
  [DuckDBTypeId.BIGINT, 'int64'],
  [DuckDBTypeId.UINTEGER, 'int64'],
  [DuckDBTypeId.HUGEINT, 'int64'],
  [DuckDBTypeId.FLOAT, 'float32'],
  [DuckDBTypeId.DOUBLE, 'float64'],
  [DuckDBTypeId.BOOLEAN, 'boolean'],
]);

/** Returns the cell type of a DuckDB column. Throws `unsupported` COLUMN_TYPE. */
export function toCellType(name: string, type: DuckDBType): CellType {
  const cell = CELL_TYPES.get(type.typeId);
  if (cell === undefined)
    throw new DomainError(
      'unsupported',
      'COLUMN_TYPE',
      `column "${name}" has the type ${type.toString()}; cast it to text, a number or a boolean`,
    );
  return cell;
}

export const toDuckDB = (type: CellType, cell: Cell): DuckDBValue =>
  cell !== null && type === 'int64' ? BigInt(cell) : cell;
export const toCell = (value: DuckDBValue): Cell =>
  typeof value === 'bigint' ? Number(value) : (value as Cell);

/**
 * Returns the type of a parameter. Every number is a double, because integers may exceed any integer type.
 */
export function parameterType(cell: Cell): DuckDBType {
  switch (typeof cell) {
    case 'number':
      return DOUBLE;
    case 'boolean':
      return BOOLEAN;
    case 'string':
      return VARCHAR;
    default:
      return SQLNULL;
  }
}
