import { readFileSync } from 'node:fs';
import { dataFault } from '../data-fault.js';
import { type FileTree, findExtension } from '../files/file-tree.js';
import { findSplit, findStem } from '../files/split-names.js';
import type { Field } from '../records.js';
import { RowRecords } from '../row-records.js';
import { counted, type Reader } from './reader.js';

const EXTENSIONS = new Set(['.conll', '.bio', '.iob', '.iob2']);
/** Files that other forms have too: they are read where the first lines of all of them end with tags. */
const isPlain = (path: string): boolean =>
  findExtension(path) === '.txt' && !/^(?:readme|licen[cs]e)\b/i.test(findStem(path));
const HEAD_BYTES = 4_096;
const MAX_BYTES = 256 * 2 ** 20;
const TAG = /^(?:O|[BIESLU]-\S+)$/;
/** A line of CoNLL 2003 between documents. */
const DOCUMENT = '-DOCSTART-';
const [WORDS, TAGS, SPLIT] = ['words', 'tags', 'split'] as const;

interface Sentence {
  readonly words: string;
  readonly tags: string;
  readonly split: string | null;
}

/** Texts with a tag for each word, as CoNLL 2003 writes them: one word a line, its tag in the last column. */
export const taggedTextReader: Reader = {
  key: 'tagged-text',
  title: 'Text with tags',
  summary:
    'one word a line with its tag in the last column, an empty line after each sentence, as CoNLL 2003',
  recognize: async (tree) => {
    const files = await listFiles(tree);
    return files.length === 0
      ? undefined
      : { found: `${counted(files.length, 'file')} of words with tags`, certain: true };
  },
  open: async (tree) => {
    const files = await listFiles(tree);
    const sentences = files.flatMap((path) => readSentences(tree, path));
    const labels = [...new Set(sentences.flatMap(({ tags }) => tags.split(' ')))].sort((a, b) =>
      a < b ? -1 : 1,
    );
    const fields: Field[] = [
      { name: WORDS, kind: 'text', spaced: true },
      { name: TAGS, kind: 'text', wordColumn: WORDS, labels },
      ...(sentences.some(({ split }) => split !== null) ? [{ name: SPLIT, kind: 'text' } as const] : []),
    ];
    return new RowRecords(
      fields,
      sentences.length,
      (index, name) => sentences[index]![name as keyof Sentence],
    );
  },
};

async function listFiles(tree: FileTree): Promise<string[]> {
  const paths = tree.files.map(({ path }) => path);
  const named = paths.filter((path) => EXTENSIONS.has(findExtension(path)));
  if (named.length > 0) return named;
  const plain = paths.filter(isPlain);
  for (const path of plain) if (!hasTags(await tree.readHead(path, HEAD_BYTES))) return [];
  return plain;
}

/** Whether every whole line has as many columns as the first, two or more, of which the last one is a tag. */
function hasTags(head: string): boolean {
  const lines = head
    .split('\n')
    .slice(0, -1)
    .map(readColumns)
    .filter((columns) => columns.length > 0);
  const [first = []] = lines;
  return (
    first.length > 1 &&
    lines.length > 1 &&
    lines.every((columns) => columns.length === first.length && TAG.test(columns.at(-1)!))
  );
}

const readColumns = (line: string): string[] => line.split(/[\t\r ]+/).filter((column) => column !== '');

function readSentences(tree: FileTree, path: string): Sentence[] {
  const bytes = readFileSync(tree.absolute(path));
  if (bytes.length > MAX_BYTES)
    throw dataFault(
      'TAGS_INVALID',
      path,
      `has ${bytes.length} bytes; a file of tagged words has at most ${MAX_BYTES}`,
    );
  const split = findSplit(path) ?? null;
  const sentences: Sentence[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  const finish = (): void => {
    if (words.length > 0) sentences.push({ words: words.join(' '), tags: tags.join(' '), split });
    [words, tags] = [[], []];
  };
  for (const [at, line] of new TextDecoder().decode(bytes).split('\n').entries()) {
    const columns = readColumns(line);
    if (columns.length === 0 || columns[0] === DOCUMENT) finish();
    else if (columns.length === 1)
      throw dataFault('TAGS_INVALID', path, `cannot be read: line ${at + 1} has a word without a tag`);
    else {
      words.push(columns[0]!);
      tags.push(columns.at(-1)!);
    }
  }
  finish();
  return sentences;
}
