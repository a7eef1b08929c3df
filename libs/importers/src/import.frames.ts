import { DomainError, type ErrorKind, type FieldViolation } from '@noema/kernel';
import type { ImportOptions } from './importer.js';
import type { StatedTokenizer } from './vocabularies/stated.vocabulary.js';

/** Request to the process that reads a file. */
export interface ImportRequest extends ImportOptions {
  /** Empty to find it out. */
  readonly format: string;
  readonly outputs: readonly string[];
  /** Tokenizers of the inputs. Their files come before the file of the model, in this order. */
  readonly tokenizers?: readonly TokenizerFiles[];
}

/** The files of a tokenizer, as they lie in front of the file of a model. */
export interface TokenizerFiles {
  readonly input: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

/** Divides what a reader received into the texts of the tokenizers and the file of the model. */
export function divideInput(
  bytes: Buffer,
  tokenizers: readonly TokenizerFiles[],
): { readonly tokenizers: StatedTokenizer[]; readonly file: Buffer } {
  let at = 0;
  const stated = tokenizers.map(({ input, files }) => ({
    input,
    files: new Map(
      files.map(({ name, bytes: size }) => [name, bytes.toString('utf8', at, (at += size))] as const),
    ),
  }));
  return { tokenizers: stated, file: bytes.subarray(at) };
}

/** Response as JSON. The weights follow as bytes. */
export type ImportResponse =
  | { readonly format: string; readonly artifact: unknown; readonly error?: undefined }
  | {
      readonly error: {
        readonly kind: ErrorKind;
        readonly reason: string;
        readonly message: string;
        readonly metadata: Readonly<Record<string, string>>;
        readonly violations: readonly FieldViolation[];
      };
    };

/** The answer as bytes: the length of its text in four bytes, the text, then the weights. */
export function framed(answer: ImportResponse, weights: Uint8Array = new Uint8Array()): Uint8Array[] {
  const text = Buffer.from(JSON.stringify(answer));
  const head = Buffer.alloc(4);
  head.writeUInt32LE(text.length);
  return [head, text, weights];
}

/** Parses the output of `framed`; undefined for incomplete input. Throws the error that it contains. */
export function unframed(
  bytes: Buffer,
): { format: string; artifact: unknown; weights: Uint8Array } | undefined {
  const end = bytes.length < 4 ? Infinity : 4 + bytes.readUInt32LE();
  if (end > bytes.length) return undefined;
  const answer = JSON.parse(bytes.toString('utf8', 4, end)) as ImportResponse;
  if (answer.error === undefined)
    return { format: answer.format, artifact: answer.artifact, weights: bytes.subarray(end) };
  const { kind, reason, message, metadata, violations } = answer.error;
  throw new DomainError(kind, reason, message, { metadata, violations });
}
