import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Int64, Schema, Table, tableToIPC, vectorFromArray } from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { openFiles, picture, removeFolders, writeFolder, writeParquet } from '../../test/files.js';
import { RASTER, tokenizerFile, wavFile } from '../../test/layouts.js';

afterAll(removeFolders);

type Files = Record<string, string | Uint8Array>;
const png = (width = 12, height = 10) => picture([200, 30, 30], (one) => one.png(), width, height);
const jpeg = () => picture([30, 30, 200], (one) => one.toColourspace('cmyk').jpeg({ quality: 90 }), 12, 10);
const rows = (delimiter: string, decimal = '.', end = '\n') =>
  Array.from({ length: 30 }, (_, i) =>
    [`n${i}`, `${i}${decimal}5`, i % 3 === 0 ? 'a' : 'b'].join(delimiter),
  ).join(end);
const PNG = await png();
const TEXT = 'a text of some words that a person wrote about something';

const reviews = Array.from({ length: 60 }, (_, i) => `"Ça; va ${TEXT} 😀 ${i}";${i % 2}x`);

/** Files by path → what they are opened as: reader, records, and the classes of the ground truth. */
interface Layout {
  readonly files: () => Promise<Files> | Files;
  readonly reader: string;
  readonly choose?: true;
  readonly records: number;
  readonly classes?: readonly string[];
  readonly splits?: readonly string[];
  readonly inputs?: readonly string[];
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  'classes, clean': {
    files: async () => ({ 'cat/1.png': await png(), 'cat/2.png': await png(), 'dog/1.png': await png() }),
    ...{ reader: 'picture-folder', records: 3, classes: ['cat', 'dog'] },
  },
  'classes, nested, in capitals, CMYK, 16 bits, an empty class': {
    files: async () => ({
      'Pets 2024/Cats & more/big/1.PNG': await picture([9, 9, 9], (one) => one.toColourspace('rgb16').png()),
      'Pets 2024/Dogs/1.JPG': await jpeg(),
      'Pets 2024/Empty/.keep': '',
      '.DS_Store': 'x',
    }),
    ...{ reader: 'picture-folder', records: 2, classes: ['Cats & more/big', 'Dogs'] },
  },
  'splits and classes, clean': {
    files: async () => ({
      'train/a/1.png': await png(),
      'train/b/1.png': await png(),
      'test/a/2.png': await png(),
    }),
    ...{ reader: 'picture-folder', records: 3, classes: ['a', 'b'], splits: ['training', 'test'] },
  },
  'classes and splits, the other way round': {
    files: async () => ({
      'x/a/TRAIN/1.png': await png(),
      'x/b/Train/1.png': await png(),
      'x/a/valid/2.gif': await picture([1, 2, 3], (one) => one.gif()),
    }),
    ...{ reader: 'picture-folder', records: 3, classes: ['a', 'b'], splits: ['training', 'validation'] },
  },
  'metadata, clean': {
    files: async () => ({
      'metadata.csv': 'file_name,label\na.png,x\nb.png,y\n',
      'a.png': await png(),
      'b.png': await png(),
    }),
    ...{ reader: 'table', records: 2, classes: ['x', 'y'] },
  },
  'metadata with a byte order mark and semicolons, in folders of splits': {
    files: async () => ({
      'set/train/METADATA.csv': '\uFEFFfile_name;label\r\na b.png;x\r\nß.png;y\r\n',
      'set/train/a b.png': await png(),
      'set/train/ß.png': await png(),
    }),
    ...{ reader: 'table', records: 2, classes: ['x', 'y'] },
  },
  'a table, clean': {
    files: () => ({ 'a.csv': `id,v,label\n${rows(',')}\n` }),
    ...{ reader: 'table', records: 30, classes: ['a', 'b'] },
  },
  'a table with a byte order mark, semicolons and decimal commas': {
    files: () => ({ 'A.CSV': `\uFEFFid;v;label\r\n${rows(';', ',', '\r\n')}\r\n`, 'Thumbs.db': 'x' }),
    ...{ reader: 'table', records: 30, classes: ['a', 'b'] },
  },
  'JSON lines, clean': {
    files: () => ({
      'a.jsonl': Array.from({ length: 9 }, (_, i) => `{"v": ${i}, "label": "${i % 2}x"}`).join('\n'),
    }),
    ...{ reader: 'table', records: 9, classes: ['0x', '1x'] },
  },
  'JSON lines with a key that is missing, in two splits': {
    files: () => ({
      'rev-train.ndjson': '{"v": 1, "label": "p"}\n{"v": 2.5, "label": "q", "more": true}\n{"label": "p"}\n',
      'rev-test.ndjson': '{"v": 1, "label": "p"}\n',
    }),
    ...{ reader: 'table', records: 4, classes: ['p', 'q'], splits: ['training', 'test'] },
  },
  'texts, clean': {
    files: () => ({ 'pos/1.txt': TEXT, 'pos/2.txt': TEXT, 'neg/1.txt': `${TEXT} not` }),
    ...{ reader: 'text-folder', records: 3, classes: ['neg', 'pos'] },
  },
  'texts with a readme, Windows line ends and an empty one': {
    files: () => ({
      'README.md': 'x',
      'd/train/pos/1.TXT': `${TEXT}\r\n`,
      'd/train/neg/2.txt': '',
      'd/test/neg/1.txt': TEXT,
    }),
    ...{ reader: 'text-folder', records: 3, classes: ['neg', 'pos'], splits: ['training', 'test'] },
  },
  'texts and a tokenizer, clean': {
    files: () => ({
      ...Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [`${i % 2 === 0 ? 'pos' : 'neg'}/${i}.txt`, `${TEXT} ${i}`]),
      ),
      'tokenizer.json': tokenizerFile('bert'),
    }),
    ...{ reader: 'text-folder', records: 60, classes: ['neg', 'pos'], inputs: ['tokens'] },
  },
  'a table of texts, and a tokenizer with a byte order mark in its own folder': {
    files: () => ({
      'set/Reviews.csv': `\uFEFFreview;label\r\n${reviews.join('\r\n')}`,
      'set/bert/tokenizer.json': `\uFEFF${tokenizerFile('unigram')}`,
      'set/bert/tokenizer_config.json': '{"model_max_length": 512}',
    }),
    ...{ reader: 'table', records: 60, classes: ['0x', '1x'], inputs: ['tokens'] },
  },
  'sounds, clean': {
    files: () => ({
      'yes/1.wav': wavFile('16 bits, stereo'),
      'yes/2.wav': wavFile('24 bits'),
      'no/1.wav': wavFile('8 bits'),
    }),
    ...{ reader: 'audio-folder', records: 3, classes: ['no', 'yes'], inputs: ['spectrogram'] },
  },
  'sounds in folders of splits, in capitals, of floats, with a readme and a picture of a system': {
    files: () => ({
      'Speech/README.md': 'x',
      'Speech/TRAIN/yes/1.WAV': wavFile('float, stereo'),
      'Speech/TRAIN/no/ä b.wav': wavFile('double'),
      'Speech/valid/no/1.wav': wavFile('32 bits'),
      'Speech/TRAIN/yes/Thumbs.db': 'x',
    }),
    ...{ reader: 'audio-folder', choose: true, records: 3, classes: ['no', 'yes'] },
    ...{ splits: ['training', 'validation'], inputs: ['spectrogram'] },
  },
  'words with tags, clean': {
    files: () => ({ 'all.conll': 'Ada B-PER\nsleeps O\n\nin O\nNew B-LOC\nYork I-LOC\n' }),
    ...{ reader: 'tagged-text', records: 2, classes: ['B-LOC', 'B-PER', 'I-LOC', 'O'], inputs: ['words'] },
  },
  'words with tags in four columns, Windows line ends, documents and a readme, by splits': {
    files: () => ({
      'ner/README.txt': 'No columns here.',
      'ner/train.txt': '-DOCSTART- -X- -X- O\r\n\r\nAda NNP I-NP B-PER\r\n. . O O\r\n\r\n\r\n',
      'ner/valid.txt': '-DOCSTART- -X- -X- O\r\n\r\n# # # O\r\nBern NNP I-NP B-LOC',
    }),
    ...{ reader: 'tagged-text', records: 2, classes: ['B-LOC', 'B-PER', 'O'], inputs: ['words'] },
    splits: ['training', 'validation'],
  },
  'JSON lines of words and tags, with a space in a word': {
    files: () => ({
      'a.jsonl':
        '{"id": 0, "tokens": ["New York", "!"], "ner_tags": ["B-LOC", "O"]}\n' +
        '{"id": 1, "tokens": ["no"], "ner_tags": ["O"]}\n',
    }),
    ...{ reader: 'table', records: 2, classes: ['B-LOC', 'O'], inputs: ['words'] },
  },
  'IDX, clean': {
    files: () => ({
      'train-images-idx3-ubyte': RASTER.images(6),
      'train-labels-idx1-ubyte': RASTER.labels(6),
    }),
    ...{ reader: 'idx', records: 6, classes: ['0', '1', '2'] },
  },
  'IDX, packed, with a test split': {
    files: () => ({
      'raw/train-images-idx3-ubyte.gz': gzipSync(RASTER.images(6)),
      'raw/train-labels-idx1-ubyte.gz': gzipSync(RASTER.labels(6)),
      'raw/t10k-images.idx3-ubyte': RASTER.images(3),
      'raw/t10k-labels.idx1-ubyte': RASTER.labels(3),
    }),
    ...{ reader: 'idx', records: 9, classes: ['0', '1', '2'], splits: ['training', 'test'] },
  },
  'NPY, clean': {
    files: () => ({ 'x.npy': RASTER.npy([6, 4]), 'y.npy': RASTER.npy([6]) }),
    ...{ reader: 'arrays', records: 6, classes: ['0', '1', '2'] },
  },
  'NPY by splits in a folder': {
    files: () => ({
      'a/x_train.npy': RASTER.npy([6, 8, 8]),
      'a/y_train.npy': RASTER.npy([6]),
      'a/x_test.npy': RASTER.npy([3, 8, 8]),
      'a/y_test.npy': RASTER.npy([3]),
    }),
    ...{ reader: 'arrays', records: 9, classes: ['0', '1', '2'], splits: ['training', 'test'] },
  },
  'Arrow, clean': {
    files: () => ({ 'a.arrow': arrow(12) }),
    ...{ reader: 'arrow', records: 12, classes: ['no', 'yes'] },
  },
  'a saved data set in shards, with a cache next to it': {
    files: () => ({
      'd/dataset_dict.json': '{"splits": ["train"]}',
      'd/train/state.json': '{"_data_files": [{"filename": "data-0.arrow"}, {"filename": "data-1.arrow"}]}',
      'd/train/dataset_info.json': '{}',
      'd/train/data-0.arrow': arrow(12),
      'd/train/data-1.arrow': arrow(4),
      'd/train/cache-1234.arrow': arrow(4),
    }),
    ...{ reader: 'arrow', records: 16, classes: ['no', 'yes'], splits: ['training'] },
  },
  'COCO, clean': {
    files: async () => ({ 'instances.json': coco('a.png'), 'images/a.png': await png() }),
    ...{ reader: 'coco-crops', choose: true, records: 2, classes: ['cat', 'dog'] },
  },
  'COCO in a folder of a split, with captions next to it': {
    files: async () => ({
      'c/annotations/instances_val2017.json': coco('A B.png'),
      'c/annotations/captions_val2017.json': '{"images": [], "annotations": [{"caption": "x", "id": 1}]}',
      'c/val2017/A B.png': await png(),
    }),
    ...{ reader: 'coco-crops', choose: true, records: 2, classes: ['cat', 'dog'], splits: ['validation'] },
  },
  'YOLO, clean': {
    files: async () => ({
      'data.yaml': 'train: images\nnames: [cat, dog]\n',
      'images/a.png': await png(),
      'labels/a.txt': '0 0.5 0.5 0.5 0.5\n1 0.25 0.25 0.5 0.5\n',
    }),
    ...{ reader: 'yolo-crops', choose: true, records: 2, classes: ['cat', 'dog'] },
  },
  'YOLO with numbered names, outlines, and an empty picture': {
    files: async () => ({
      'y/dataset.YML': 'path: /nowhere/y\nnames:\n  1: dog\n  0: cat\n',
      'y/images/train/a.PNG': await png(),
      'y/labels/train/a.txt': '1 0 0 1 0 1 1\r\n0 0.5 0.5 1 1\r\n',
      'y/images/train/empty.png': await png(),
    }),
    ...{ reader: 'yolo-crops', choose: true, records: 2, classes: ['cat', 'dog'], splits: ['training'] },
  },
  'Pascal VOC, clean': {
    files: async () => ({ 'Annotations/a.xml': voc('a.png'), 'JPEGImages/a.png': await png() }),
    ...{ reader: 'voc-crops', choose: true, records: 2, classes: ['cat', 'dog'] },
  },
  'Pascal VOC with another name in the file, and lists': {
    files: async () => ({
      'VOC2012/Annotations/a.xml': voc('renamed.jpg'),
      'VOC2012/Annotations/unlisted.xml': voc('a.png'),
      'VOC2012/JPEGImages/a.png': await png(),
      'VOC2012/ImageSets/Main/val.txt': 'a  1\r\n',
    }),
    ...{ reader: 'voc-crops', choose: true, records: 2, classes: ['cat', 'dog'], splits: ['validation'] },
  },
  'YOLO of darknet: names and lists, with labels next to the pictures': {
    files: async () => ({
      'obj.data': 'classes = 2\ntrain = data/train.txt\nnames = data/obj.names\n',
      'obj.names': 'cat\r\ndog\r\n',
      'train.txt': 'data/obj_train_data/1.png\n',
      'valid.txt': 'data\\obj_train_data\\2.png\n',
      'obj_train_data/1.png': await png(),
      'obj_train_data/1.txt': '1 0.133333 0.300000 0.266667 0.200000\n0 0.5 0.5 0.1 0.1\n',
      'obj_train_data/2.png': await png(),
      'obj_train_data/2.txt': '',
      'logo.png': await png(),
    }),
    ...{ reader: 'yolo', choose: true, records: 2, classes: ['cat', 'dog'] },
    splits: ['training', 'validation'],
  },
  'YOLO of LabelImg: classes.txt next to the labels, in other folders': {
    files: async () => ({
      'set/Images/1.png': await png(),
      'set/Annotations/1.txt': '1 0.5 0.5 0.2 0.2\n',
      'set/Annotations/classes.txt': '\uFEFFcat\ndog\n',
    }),
    ...{ reader: 'yolo-boxes', choose: true, records: 1, classes: ['cat', 'dog'] },
  },
  'YOLO with key points and a list of pictures in place of a folder': {
    files: async () => ({
      'tiger.yaml': 'path: ../tiger\ntrain: train.txt\nval: val.txt\nkpt_shape: [2, 3]\nnames:\n  0: tiger\n',
      'train.txt': './images/a.png\n',
      'val.txt': './images/b.png\n',
      'images/a.png': await png(),
      'images/b.png': await png(),
      'labels/a.txt': '0 0.5 0.5 0.2 0.4 0.1 0.2 2 0.3 0.4 1\n',
    }),
    ...{ reader: 'yolo-boxes', choose: true, records: 2, classes: ['tiger'] },
    splits: ['training', 'validation'],
  },
  'Pascal VOC without the size of the picture': {
    files: async () => ({
      'a.xml': voc('a.png').replace(/<size>.*<\/size>/, ''),
      'a.png': await png(),
    }),
    ...{ reader: 'voc-boxes', choose: true, records: 1, classes: ['cat', 'dog'] },
  },
  'a table in each split, with names of pictures next to it': {
    files: async () => ({
      'train/_classes.csv': 'filename, day,class\n1.png, 1,a\n2.png, 0,b\n',
      'train/1.png': await png(),
      'train/2.png': await png(),
      'val/_classes.csv': 'filename, day,class\n1.png, 0,b\n',
      'val/1.png': await png(),
    }),
    ...{ reader: 'table', choose: true, records: 3, classes: ['a', 'b'], splits: ['training', 'validation'] },
    inputs: ['picture'],
  },
  'a table with names of pictures in a folder of their own, and nested values': {
    files: async () => ({
      'ann.json': JSON.stringify([
        { image: '1.png', label: 'a', boxes: [{ x: 1 }] },
        { image: '2.png', label: 'b', boxes: [] },
      ]),
      'images/1.png': await png(),
      'images/2.png': await png(),
    }),
    ...{ reader: 'table', choose: true, records: 2, classes: ['a', 'b'], inputs: ['picture'] },
  },
};

function arrow(count: number): Uint8Array {
  const label = vectorFromArray(
    Array.from({ length: count }, (_, i) => BigInt(i % 2)),
    new Int64(),
  );
  const v = vectorFromArray(Array.from({ length: count }, (_, i) => i / 2));
  const plain = new Table({ v, label });
  const features = { label: { names: ['no', 'yes'], _type: 'ClassLabel' } };
  const schema = new Schema(
    plain.schema.fields,
    new Map([['huggingface', JSON.stringify({ info: { features } })]]),
  );
  return tableToIPC(new Table(schema, plain.batches), 'stream');
}

const coco = (name: string): string =>
  JSON.stringify({
    images: [{ id: 1, file_name: name, width: 12, height: 10 }],
    categories: [
      { id: 2, name: 'dog' },
      { id: 1, name: 'cat' },
    ],
    annotations: [1, 2].map((id) => ({ id, image_id: 1, category_id: id, bbox: [1, 1, 4, 4], iscrowd: 0 })),
  });

const voc = (name: string): string =>
  `<annotation><filename>${name}</filename><size><width>12</width><height>10</height><depth>3</depth></size>` +
  ['cat', 'dog']
    .map(
      (one) =>
        `<object><name>${one}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></object>`,
    )
    .join('') +
  '</annotation>';

describe('files without code', () => {
  it.each(Object.entries(LAYOUTS))(
    '%s',
    async (_name, { files, reader, choose, records, classes, splits, inputs }) => {
      const root = writeFolder(await files());
      const { proposal, samples } = await openFiles(root, choose === undefined ? {} : { reader });
      expect(proposal).toMatchObject({ reader, records });
      expect(samples.size).toBe(records);
      const [truth] = Object.values(proposal.manifest.ground_truths);
      expect(truth?.['values']).toEqual(classes);
      if (inputs !== undefined)
        expect(Object.values(proposal.manifest.inputs).map(({ encoder }) => encoder)).toEqual(inputs);
      if (splits !== undefined)
        expect([...new Set([...samples.keys()].map((id) => id.split('/')[0]))]).toEqual(splits);
    },
  );

  it('Parquet shards by split', async () => {
    const root = writeFolder({ 'data/README.md': '' });
    for (const name of ['train-00000-of-00002', 'train-00001-of-00002', 'test-00000-of-00001'])
      await writeParquet(
        join(root, 'data', `${name}.parquet`),
        `SELECT range * 0.5 AS v, 'k' || range % 2 AS label FROM range(10)`,
      );
    const { proposal, samples } = await openFiles(root, { reader: 'table' });
    expect(proposal).toMatchObject({ reader: 'table', records: 30 });
    expect([...samples.keys()].filter((id) => id.startsWith('test/'))).toHaveLength(10);
  });

  it('Parquet of Hugging Face, with words and the names of their tags', async () => {
    const root = writeFolder({ 'README.md': '' });
    const names = ['O', 'B-PER', 'I-PER'];
    const features = {
      tokens: { feature: { _type: 'Value' } },
      ner_tags: { feature: { names, _type: 'ClassLabel' } },
    };
    await writeParquet(
      join(root, 'train.parquet'),
      "SELECT ['Ada', 'King', 'and', 'Ada' || range] AS tokens, [1, 2, 0, 1] AS ner_tags FROM range(3)",
      JSON.stringify({ info: { features } }),
    );
    const { proposal, samples } = await openFiles(root, { reader: 'table' });
    expect(proposal.manifest).toMatchObject({
      inputs: { tokens: { encoder: 'words', length: 4, split: 'spaces' } },
      ground_truths: { ner_tags: { encoder: 'tags', words: 'tokens', length: 4, values: names } },
      metadata: [],
    });
    expect(proposal.network!.config.layers.at(-1)!.config).toMatchObject({
      name: 'ner_tags',
      units: 3,
      activation: 'softmax',
    });
    const [first] = samples.values();
    expect([...first!.groundTruths![0]!.data]).toEqual([0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0]);
    const [shown] = first!.visuals;
    expect(JSON.parse(Buffer.from(shown!.bytes).toString())).toMatchObject({
      text: 'Ada King and Ada0',
      labels: ['PER'],
      spans: [
        { start: 0, end: 8 },
        { start: 13, end: 17 },
      ],
      offsets: [
        [0, 3],
        [4, 8],
        [9, 12],
        [13, 17],
      ],
    });
  });

  it('Parquet with several tags for each word, of which one is the ground truth and none an input', async () => {
    const root = writeFolder({ 'README.md': '' });
    const feature = { names: ['out of it', 'in'], _type: 'ClassLabel' };
    await writeParquet(
      join(root, 'train.parquet'),
      "SELECT ['Ada', 'met', 'Bo' || range] AS words, [1, 0, 1] AS pos_tags, [0, 1, 1] AS ner_tags FROM range(9)",
      JSON.stringify({ info: { features: { ner_tags: { feature } } } }),
    );
    const { proposal, samples } = await openFiles(root, { reader: 'table', truth: 'ner_tags' });
    expect(proposal.manifest).toMatchObject({
      ground_truths: { ner_tags: { words: 'words', values: ['out\u00a0of\u00a0it', 'in'] } },
      metadata: [],
    });
    expect(Object.keys(proposal.manifest.inputs)).toEqual(['words']);
    expect(Object.fromEntries(proposal.roles)).toMatchObject({ pos_tags: 'ignored', ner_tags: 'truth' });
    expect([...samples.values()][0]!.groundTruths![0]!.data).toEqual(Float32Array.of(1, 0, 0, 1, 0, 1));
    const { notes, manifest } = (await openFiles(root, { reader: 'table' })).proposal;
    expect(Object.keys(manifest.ground_truths)).toEqual(['pos_tags']);
    expect(notes.join()).toMatch(/\(pos_tags, ner_tags\); "pos_tags" is taken; --truth chooses another one/);
  });

  it('refuses a ground truth of more than 1,000 tags, and opens another one next to it', async () => {
    const lines = Array.from({ length: 1_001 }, (_, i) =>
      JSON.stringify({ words: [`w${i}`], labels: [`t${i}`], ner_tags: [i % 2 === 0 ? 'O' : 'B-X'] }),
    );
    const root = writeFolder({ 'a.jsonl': lines.join('\n') });
    await expect(openFiles(root, { truth: 'labels' })).rejects.toThrow(
      /"labels" has more than 1000 tags; --truth/,
    );
    const { proposal } = await openFiles(root, { truth: 'ner_tags' });
    expect(Object.keys(proposal.manifest.ground_truths)).toEqual(['ner_tags']);
  });

  it('names a record whose tags are more or fewer than its words', async () => {
    const lines = ['{"tokens": ["a", "b"], "tags": ["O"]}', '{"tokens": ["a"], "tags": ["B-X"]}'];
    await expect(openFiles(writeFolder({ 'a.jsonl': lines.join('\n') }))).rejects.toThrow(
      /the column "tags" has "O"; these are 1 tags, and "tokens" has 2 words/,
    );
  });

  it('Parquet of Hugging Face, with the names of classes; -1 is no class', async () => {
    const root = writeFolder({ 'README.md': '' });
    const names = ['no', "it's"];
    await writeParquet(
      join(root, 'train.parquet'),
      'SELECT range * 0.5 AS v, CASE WHEN range = 9 THEN -1 ELSE range % 2 END AS label FROM range(10)',
      JSON.stringify({ info: { features: { label: { names, _type: 'ClassLabel' } } } }),
    );
    const { proposal, samples } = await openFiles(root, { reader: 'table' });
    expect(proposal.manifest.ground_truths['label']).toMatchObject({ encoder: 'classes', values: names });
    const classes = [...samples.values()].map(({ classIndex }) => classIndex);
    expect(classes.sort((a, b) => a - b)).toEqual([-1, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });
});

describe('files that are bad', () => {
  it.each<[string, Files, RegExp]>([
    ['a pickle', { 'a.pkl': Buffer.from('\x80\x04.'), 'b.pickle': 'x' }, /2 files of no known form/],
    [
      'an array of objects',
      { 'a.npy': RASTER.pickle() },
      /holds Python objects, which are a pickle and are never opened/,
    ],
    [
      'a Parquet file that is cut off',
      { 'a.parquet': Buffer.from('PAR1\0\0\0\0') },
      /a\.parquet cannot be read as a table/,
    ],
    [
      'a word without a tag',
      { 'a.conll': 'Ada B-PER\nsleeps\n' },
      /a\.conll cannot be read: line 2 has a word without a tag/,
    ],
    ['JSON that is cut off', { 'a.json': '[{"a": 1}, {"a": ' }, /a\.json cannot be read as a table/],
    [
      'compressed sound',
      { 'a/1.mp3': 'x', 'b/2.mp3': 'y' },
      /a\/1\.mp3 is compressed \(mp3\), which is not read/,
    ],
    [
      'pictures of which some are in a folder of a split',
      { 'train/1.png': PNG, 'trainannot/1.png': PNG, 'val/1.png': PNG },
      /record 1 \("trainannot\/1\.png"\) has no value in the column "split"/,
    ],
    [
      'YOLO with another number of key points',
      {
        'a.yaml': 'kpt_shape: [2, 3]\nnames: [tiger]\n',
        'images/a.png': PNG,
        'labels/a.txt': '0 0.5 0.5 0.2 0.4 0.1 0.2 0.3 0.4\n',
      },
      /a\.txt cannot be read: line 1 has 9 numbers; a box with key points has 11/,
    ],
    [
      'captions of COCO',
      {
        'captions.json': JSON.stringify({
          images: [{ id: 1, file_name: 'a.png', width: 1, height: 1 }],
          annotations: [{ id: 1, image_id: 1, category_id: 0, caption: 'hello' }],
          categories: [],
        }),
        'a.png': PNG,
      },
      /captions\.json cannot be read: categories: .*; it has captions, and only boxes \("bbox"\) are read/,
    ],
    [
      'XML of LabelMe',
      { 'a.xml': '<annotation>\n<object><name>a</name><polygon/></object>\n</annotation>', 'a.png': PNG },
      /a\.xml cannot be read: line 2: annotation\.object\.0\.bndbox/,
    ],
    ['nothing', {}, /has 0 files of no known form/],
  ])('are refused: %s', async (_name, files, message) => {
    const root = writeFolder(files);
    const before = readdirSync(root);
    await expect(openFiles(root)).rejects.toThrow(message);
    expect(readdirSync(root)).toEqual(before);
  });

  it('are refused by their size: 1 GiB of annotations', async () => {
    const root = writeFolder({ 'instances.json': '{"images": [], "categories": [', 'a.png': await png() });
    truncateSync(join(root, 'instances.json'), 2 ** 30);
    await expect(openFiles(root, { reader: 'coco' })).rejects.toThrow(
      /instances\.json cannot be read: it has 1073741824 bytes; a file of annotations has at most 268435456/,
    );
  });
});
