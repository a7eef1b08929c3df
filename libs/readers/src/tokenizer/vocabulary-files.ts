import { readVocabulary } from './model.js';
import { type Part, tokenizerInvalid } from './tokenizer-fault.js';

const PREFIX = '##';
/** Tokens such as `[CLS]` and `[unused1]` have no case of texts. */
const SPECIAL = /^\[[^\]]*\]$/;
/** A letter at the end of a word, in vocabularies of another kind than that of GPT-2. */
const WORD_END = /^[a-z]<\/w>$/;
const BERT = { unknown: '[UNK]', first: '[CLS]', last: '[SEP]' };
const ROBERTA = { first: '<s>', last: '</s>', mask: '<mask>' };

const specialToken = (content: string, id: number, settings: object = {}): Part => ({
  id,
  content,
  special: true,
  normalized: false,
  ...settings,
});

/**
 * The tokenizer of a `vocab.txt` of BERT, one token a line, in the form of a `tokenizer.json`. Texts are turned to
 * small letters without accents where no token has a capital letter. Throws `invalid` TOKENIZER_INVALID.
 */
export function wordPieceFile(text: string): Part {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const missing = Object.values(BERT).filter((token) => !lines.includes(token));
  if (missing.length > 0)
    throw tokenizerInvalid(`has a vocabulary of words without ${missing.join(', ')}, as BERT has them`);
  const isCased = lines.some((token) => !SPECIAL.test(token) && /\p{Lu}/u.test(token));
  return {
    normalizer: { type: 'BertNormalizer', lowercase: !isCased },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', vocab, unk_token: BERT.unknown, continuing_subword_prefix: PREFIX },
    post_processor: {
      type: 'BertProcessing',
      cls: [BERT.first, vocab[BERT.first]],
      sep: [BERT.last, vocab[BERT.last]],
    },
    added_tokens: [...Object.values(BERT), '[PAD]', '[MASK]']
      .filter((token) => token in vocab)
      .map((token) => specialToken(token, vocab[token]!)),
  };
}

/** True for a `vocab.json`: an object of tokens and their ids, of which one may be "model". */
export const isVocabularyFile = (file: Part): boolean => Object.values(file).every(Number.isInteger);

/** The path of the `merges.txt` that belongs to a `vocab.json`. Throws `invalid` TOKENIZER_INVALID. */
export function mergesPath(path: string): string {
  const [, folder = '', prefix, suffix] = /^(.*\/)?([^/]*?)vocab([^/]*)\.json$/.exec(path) ?? [];
  if (prefix === undefined)
    throw tokenizerInvalid('has a vocabulary without merges; name the files "vocab.json" and "merges.txt"');
  return `${folder}${prefix}merges${suffix}.txt`;
}

/**
 * The tokenizer of a `vocab.json` and a `merges.txt`, in the form of a `tokenizer.json`: pairs of bytes as GPT-2 has
 * them, and with the tokens around a text of RoBERTa where the vocabulary has those. Throws `invalid`
 * TOKENIZER_INVALID.
 */
export function bytePairFile(vocab: Part, merges: string): Part {
  const vocabulary = readVocabulary(vocab);
  if ([...vocabulary.keys()].some((token) => WORD_END.test(token)))
    throw tokenizerInvalid(
      'has tokens that end with "</w>", as CLIP and the first GPT have them; save it as tokenizer.json by ' +
        'AutoTokenizer of transformers',
    );
  const [first, last, mask] = Object.values(ROBERTA).map((token) => vocabulary.get(token));
  const isRoberta = first !== undefined && last !== undefined && mask !== undefined;
  const added = isRoberta
    ? [...Object.values(ROBERTA), '<pad>', '<unk>']
    : [...vocabulary.keys()].filter((token) => /^<\|.*\|>$/.test(token));
  return {
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
    model: {
      type: 'BPE',
      vocab,
      merges: merges
        .split(/\r?\n/)
        .filter((line, i) => line !== '' && !(i === 0 && line.startsWith('#version'))),
    },
    post_processor: isRoberta
      ? {
          type: 'RobertaProcessing',
          cls: [ROBERTA.first, first],
          sep: [ROBERTA.last, last],
          add_prefix_space: false,
          trim_offsets: true,
        }
      : { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false },
    added_tokens: added
      .filter((token) => vocabulary.has(token))
      .map((token) => specialToken(token, vocabulary.get(token)!, { lstrip: token === ROBERTA.mask })),
  };
}
