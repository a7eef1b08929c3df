import { DomainError } from '@noema/kernel/domain-error';
import type { FlatTable } from './flat-table.js';

/** The types that Noema sends. */
export type ArrowType =
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 16 | 32 | 64 }
  | { readonly kind: 'text' }
  | { readonly kind: 'list'; readonly item: ArrowType };

export interface ArrowField {
  readonly name: string;
  /** Of the codes when there is a dictionary. */
  readonly type: ArrowType;
  /** Id of the dictionary of texts that the codes are positions in. */
  readonly dictionary: number | undefined;
}

export interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Numbers of the union `Type` and of the fields, in Arrow's format/Schema.fbs. */
const TYPE = { int: 2, float: 3, utf8: 5, fixedSizeList: 16 } as const;
const HALF = 0;
const SINGLE = 1;

export const readSchema = (schema: FlatTable): ArrowSchema => ({
  fields: schema.tables(1).map(readField),
  metadata: new Map(schema.tables(2).map((entry) => [entry.text(0), entry.text(1)])),
});

function readField(field: FlatTable): ArrowField {
  const name = field.text(0);
  const dictionary = field.table(4);
  const index = dictionary?.table(1);
  if (dictionary === undefined) return { name, type: readType(field), dictionary: undefined };
  if (field.int8(2) !== TYPE.utf8) throw unknown(name, 'a dictionary of something else than text');
  return {
    name,
    type: index === undefined ? { kind: 'int', bits: 32, signed: true } : readInteger(name, index),
    dictionary: dictionary.int64(0),
  };
}

function readType(field: FlatTable): ArrowType {
  const name = field.text(0);
  const kind = field.int8(2);
  const type = field.table(3)!;
  switch (kind) {
    case TYPE.int:
      return readInteger(name, type);
    case TYPE.float:
      return { kind: 'float', bits: type.int16(0) === HALF ? 16 : type.int16(0) === SINGLE ? 32 : 64 };
    case TYPE.utf8:
      return { kind: 'text' };
    case TYPE.fixedSizeList:
      return { kind: 'list', item: readType(field.tables(5)[0]!) };
    default:
      throw unknown(name, `type ${kind}`);
  }
}

function readInteger(name: string, type: FlatTable): ArrowType {
  const bits = type.int32(0);
  if (bits !== 8 && bits !== 16 && bits !== 32) throw unknown(name, `whole numbers of ${bits} bits`);
  return { kind: 'int', bits, signed: type.int8(1) !== 0 };
}

const unknown = (name: string, what: string): DomainError =>
  new DomainError(
    'unsupported',
    'ARROW_TYPE',
    `the column "${name}" has ${what}, which the page does not read`,
  );
