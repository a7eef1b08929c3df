/** Tokens that the ids of an input stand for. Two inputs take the same ids where both digests are equal. */
export interface Vocabulary {
  /** Kind of the tokenizer, such as `WordPiece`, or `words` of a list. */
  readonly kind: string;
  /** Number of ids: the largest one, and 1. */
  readonly size: number;
  /** SHA-256 of the tokens with their ids. */
  readonly tokenDigest: string;
  /** SHA-256 of the ids of fixed texts. */
  readonly textDigest: string;
}

/** The tokens of an input in words, such as `30522 ids of WordPiece (1f0c2a9b)`. */
export const describeVocabulary = ({ kind, size, tokenDigest }: Vocabulary): string =>
  `${size} ids of ${kind} (${tokenDigest.slice(0, 8)})`;

/** Why the ids of data are not the ids that a model takes; `undefined` where they are, or where one states none. */
export function compareVocabularies(
  model: Vocabulary | undefined,
  data: Vocabulary | undefined,
): string | undefined {
  if (model === undefined || data === undefined) return undefined;
  const both = `takes ${describeVocabulary(model)}, the data have ${describeVocabulary(data)}`;
  if (model.tokenDigest !== data.tokenDigest) return `${both}: the same ids stand for other tokens`;
  if (model.textDigest !== data.textDigest)
    return `${both}: the tokens are the same, but texts are divided, surrounded, cut or padded in another way`;
  return undefined;
}
