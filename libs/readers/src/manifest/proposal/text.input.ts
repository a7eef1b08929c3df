import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'node:path';
import { DomainError } from '@noema/kernel';
import { RESERVED, WordCounts } from '../../encoders/words.js';
import type { Field, FieldProfile } from '../../records.js';
import { parseTokenizer } from '../../tokenizer/read-tokenizer.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { EncoderSpec } from '../manifest.js';
import { toHandlerName } from '../names.js';
import { type Draft, spread } from './draft.js';

/** Length of a part of a vocabulary's name; the platform takes names of 64 characters. */
const MAX_STEM = 24;
const VOCABULARY_WORDS = 5_000;
const MAX_LENGTH = 512;
/** Texts whose tokens are counted to find a length. */
const TOKENIZED_TEXTS = 2_000;

/** Tokens where a tokenizer lies next to the texts, and words otherwise. */
export async function proposeText(draft: Draft, { field }: FieldProfile): Promise<EncoderSpec> {
  const column = await draft.records.column(field.name);
  const texts = Array.from(draft.training, (index) => column[index]).filter(
    (text) => typeof text === 'string',
  );
  if (field.spaced === true) return proposeWords(draft, field, texts);
  const [path] = draft.tree.tokenizers;
  if (path === undefined) noteSentencePiece(draft);
  const tokenizer = path === undefined ? undefined : await findTokenizer(draft, path);
  return tokenizer === undefined
    ? proposeWords(draft, field, texts)
    : proposeTokens(draft, field, texts, path!, tokenizer);
}

/** Names under which models of SentencePiece are saved. */
const SENTENCE_PIECE = /(^|\/)(tokenizer|spiece|spm|sentencepiece[^/]*|[^/]*\.spm)\.model$|\.spm$/i;

function noteSentencePiece({ tree, notes }: Draft): void {
  const file = tree.files.find((one) => SENTENCE_PIECE.test(one.path));
  if (file !== undefined)
    notes.push(
      `${file.path} is a model of SentencePiece, which is not read; texts become words of a vocabulary. For its ids ` +
        'save it as tokenizer.json by AutoTokenizer of transformers, next to the texts',
    );
}

/** A tokenizer that cannot be read is reported, and the texts become words. */
async function findTokenizer(draft: Draft, path: string): Promise<Tokenizer | undefined> {
  try {
    return parseTokenizer(await readFile(draft.tree.absolute(path), 'utf8'), path);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    draft.notes.push(`${error.message}; texts become words of a vocabulary`);
    return undefined;
  }
}

function proposeTokens(
  draft: Draft,
  field: Field,
  texts: readonly string[],
  path: string,
  tokenizer: Tokenizer,
): EncoderSpec {
  const lengths = spread(texts, TOKENIZED_TEXTS).map((text) => tokenizer.encode(text).length);
  const length = Math.min(tokenizer.maxLength ?? MAX_LENGTH, findLength(lengths));
  draft.vocabularySizes.set(path, tokenizer.size);
  draft.visuals[toHandlerName(field.name)] = { kind: 'tokens', column: field.name, tokenizer: path, length };
  draft.notes.push(
    `texts of "${field.name}" become ids of ${path}, cut or padded to ${length} tokens, a length that 95 % ` +
      'of them do not exceed or the largest that the file or Noema proposes',
  );
  return { encoder: 'tokens', column: field.name, tokenizer: path, length };
}

function proposeWords(draft: Draft, field: Field, texts: readonly string[]): EncoderSpec {
  const split = field.spaced === true ? { split: 'spaces' as const } : {};
  const counts = new WordCounts(split.split);
  for (const text of texts) counts.add(text);
  const length = findLength(counts.lengths);
  const file = nameVocabulary(draft, field);
  const vocabulary = counts.vocabulary(VOCABULARY_WORDS - RESERVED);
  draft.files.set(file, `${vocabulary.join('\n')}\n`);
  draft.vocabularySizes.set(file, RESERVED + vocabulary.length);
  draft.visuals[toHandlerName(field.name)] = { kind: 'words', column: field.name, length, ...split };
  draft.notes.push(
    `texts of "${field.name}" are cut or padded to ${length} words, the length that 95 % of them do not exceed`,
  );
  return { encoder: 'words', column: field.name, length, vocabulary: file, ...split };
}

/**
 * Name of a vocabulary, which lies next to the manifest. The one of a single file is named after it, since other
 * files next to it have vocabularies of their own.
 */
function nameVocabulary({ tree, files }: Draft, field: Field): string {
  const column = files.size === 0 ? 'words' : toHandlerName(field.name);
  if (!tree.isFile) return `noema.${column}.txt`;
  const { name } = parse(tree.files[0]!.path);
  const short = `${toHandlerName(name).slice(0, MAX_STEM)}-${column.slice(0, MAX_STEM)}`;
  const whole = `${name}-${column}`;
  return `noema.${short === whole ? whole : `${short}-${hashName(whole)}`}.txt`;
}

const hashName = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 8);

/** The length that 95 % of the texts do not exceed, at most `MAX_LENGTH`. */
function findLength(lengths: number[]): number {
  const sorted = lengths.sort((a, b) => a - b);
  return Math.max(1, Math.min(MAX_LENGTH, sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 1));
}
