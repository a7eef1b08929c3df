import { DomainError } from '@noema/kernel/domain-error';
import { type ArrowBatch, readBatch, decodeStrings } from './arrow-columns.js';
import { type ArrowSchema, readSchema } from './arrow-schema.js';
import { ByteQueue } from './byte-queue.js';
import { FlatTable } from './flat-table.js';

/** Kinds of messages, in Arrow's format/Message.fbs. */
const SCHEMA = 1;
const DICTIONARY = 2;
const BATCH = 3;
/** `ARROW1` and two bytes of padding, then the messages, at the end the footer, its length and `ARROW1`. */
const FILE_START = 8;
const FILE_END = 10;
const DICTIONARY_FIELD = { name: 'dictionary', type: { kind: 'text' }, dictionary: undefined } as const;

/**
 * Reads an Arrow IPC stream from pieces cut at any byte: the types that Noema sends, in a hundredth of the
 * code of a full reader. Throws `unsupported` ARROW_TYPE, ARROW_COMPRESSED for what Noema does not send,
 * `data-loss` ARROW_INVALID for what is no Arrow.
 */
export class ArrowReader {
  private readonly bytes = new ByteQueue();
  private readonly dictionaries = new Map<number, readonly string[]>();
  private read: ArrowSchema | undefined;
  /** The next expected part: the length of a header, a header of that length, or the body of a header. */
  private next: { readonly header: number } | { readonly message: FlatTable } | undefined;
  private ended = false;

  constructor(schema?: ArrowSchema) {
    this.read = schema;
  }

  /** Known once the first piece has come. */
  get schema(): ArrowSchema | undefined {
    return this.read;
  }

  /** The texts of a dictionary. */
  getNames(dictionary: number): readonly string[] {
    return this.dictionaries.get(dictionary) ?? [];
  }

  /** Takes a piece and gives the batches that are whole with it. */
  *push(piece: Uint8Array): Generator<ArrowBatch> {
    this.bytes.push(piece);
    while (!this.ended) {
      const step = this.step();
      if (step === undefined) return;
      if (step !== 'more') yield step;
    }
  }

  /** One part of one message; `undefined` while its bytes have not come. */
  private step(): ArrowBatch | 'more' | undefined {
    if (this.next === undefined) return this.begin();
    if ('header' in this.next) {
      const header = this.bytes.take(this.next.header);
      if (header === undefined) return undefined;
      this.next = { message: FlatTable.readRoot(header) };
      return 'more';
    }
    const { message } = this.next;
    const body = this.bytes.take(message.int64(3));
    if (body === undefined) return undefined;
    this.next = undefined;
    return this.take(message, body) ?? 'more';
  }

  private begin(): 'more' | undefined {
    const prefix = this.bytes.take(8);
    if (prefix === undefined) return undefined;
    const view = new DataView(prefix.buffer);
    if (view.getInt32(0, true) !== -1)
      throw new DomainError(
        'data-loss',
        'ARROW_INVALID',
        'what came is no stream of Arrow messages; load it again',
      );
    const header = view.getInt32(4, true);
    this.ended = header === 0;
    this.next = { header };
    return 'more';
  }

  private take(message: FlatTable, body: Uint8Array): ArrowBatch | undefined {
    const header = message.table(2)!;
    const kind = message.int8(1);
    if (kind === SCHEMA) this.read = readSchema(header);
    if (kind === BATCH) return readBatch(header, body, this.read!);
    if (kind === DICTIONARY) {
      const names = decodeStrings(
        readBatch(header.table(1)!, body, { fields: [DICTIONARY_FIELD] }).columns[0]!,
      );
      const id = header.int64(0);
      const isDelta = header.int8(2) !== 0;
      this.dictionaries.set(id, isDelta ? [...this.getNames(id), ...names] : names);
    }
    return undefined;
  }
}

/** The batches of an Arrow IPC file. */
export function readArrowFile(file: Uint8Array): {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
} {
  const end = file.length - FILE_END;
  const size = end < FILE_START ? -1 : new DataView(file.buffer, file.byteOffset).getInt32(end, true);
  if (size < 0 || size > end - FILE_START)
    throw new DomainError(
      'data-loss',
      'ARROW_INVALID',
      `${file.length} bytes are no file of Arrow; load it again`,
    );
  const schema = readSchema(FlatTable.readRoot(file.slice(end - size, end)).table(1)!);
  return { schema, batches: [...new ArrowReader(schema).push(file.subarray(FILE_START, end - size))] };
}
