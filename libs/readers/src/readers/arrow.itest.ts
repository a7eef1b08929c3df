import { join } from 'node:path';
import {
  Bool,
  Field,
  FixedSizeList,
  Float32,
  Int64,
  List,
  Schema,
  Struct,
  type Table,
  tableToIPC,
  Table as ArrowTable,
  vectorFromArray,
  Binary,
  Utf8,
} from 'apache-arrow';
import { afterAll, describe, expect, it } from 'vitest';
import { arrowRecords } from '../arrow/arrow.records.js';
import { openFiles, picture, removeFolders, writeFolder, writeParquet } from '../../test/files.js';
import { wavFile } from '../../test/layouts.js';

afterAll(removeFolders);

const rows = 40;
const table = (from = 0): Table =>
  new ArrowTable({
    size: vectorFromArray(
      Array.from({ length: rows }, (_, i) => (i === 3 ? null : from + i / 2)),
      new Float32(),
    ),
    count: vectorFromArray(
      Array.from({ length: rows }, (_, i) => BigInt(i)),
      new Int64(),
    ),
    used: vectorFromArray(
      Array.from({ length: rows }, (_, i) => i % 2 === 0),
      new Bool(),
    ),
    label: vectorFromArray(Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? 'göod' : 'bad'))),
  });

/** A data set as `save_to_disk` writes it: pictures, classes by number, features in the schema. */
async function saved(split: string, count: number): Promise<Record<string, Uint8Array | string>> {
  const png = await picture([200, 0, 0], (one) => one.png(), 12, 10);
  const struct = new Struct<{ bytes: Binary; path: Utf8 }>([
    new Field('bytes', new Binary(), true),
    new Field('path', new Utf8(), true),
  ]);
  const image = vectorFromArray(
    Array.from({ length: count }, () => ({ bytes: png, path: 'x.png' })),
    struct,
  );
  const label = vectorFromArray(
    Array.from({ length: count }, (_, i) => BigInt(i % 3 === 2 ? -1 : i % 3)),
    new Int64(),
  );
  const features = {
    image: { _type: 'Image' },
    label: { names: ['cat', 'dog', 'never'], _type: 'ClassLabel' },
  };
  const plain = new ArrowTable({ image, label });
  const schema = new Schema(
    plain.schema.fields,
    new Map([['huggingface', JSON.stringify({ info: { features } })]]),
  );
  const bytes = tableToIPC(new ArrowTable(schema, plain.batches), 'stream');
  return {
    [`${split}/data-00000-of-00001.arrow`]: bytes,
    [`${split}/state.json`]: JSON.stringify({ _data_files: [{ filename: 'data-00000-of-00001.arrow' }] }),
    [`${split}/dataset_info.json`]: JSON.stringify({ features }),
  };
}

/**
 * pyarrow 26.0.1 wrote it with LZ4: `size` 0, 0.5 … 19.5 and null at 3, `label` "göod" at each fifth and "bad",
 * `count` 0 … 39.
 */
const LZ4 = [
  'QVJST1cxAAD/////4AAAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAwAAAAIAAgAAAAEAAgAAAAEAAAAAwAAAIAAAABAAAAA',
  'BAAAAJz///8AAAECEAAAACAAAAAEAAAAAAAAAAUAAABjb3VudAAAAAgADAAIAAcACAAAAAAAAAFAAAAA1P///wAAAQUQAAAA',
  'HAAAAAQAAAAAAAAABQAAAGxhYmVsAAAABAAEAAQAAAAQABQACAAGAAcADAAAABAAEAAAAAAAAQMQAAAAHAAAAAQAAAAAAAAA',
  'BAAAAHNpemUAAAYACAAGAAYAAAAAAAEA/////wgBAAAUAAAAAAAAAAwAGAAGAAUACAAMAAwAAAAAAwQAHAAAAIgCAAAAAAAA',
  'AAAAAAwAHAAQAAQACAAMAAwAAACYAAAAHAAAABQAAAAoAAAAAAAAAAAAAAAEAAQABAAAAAcAAAAAAAAAAAAAABwAAAAAAAAA',
  'IAAAAAAAAACzAAAAAAAAANgAAAAAAAAAAAAAAAAAAADYAAAAAAAAALsAAAAAAAAAmAEAAAAAAAArAAAAAAAAAMgBAAAAAAAA',
  'AAAAAAAAAADIAQAAAAAAALwAAAAAAAAAAAAAAAMAAAAoAAAAAAAAAAEAAAAAAAAAKAAAAAAAAAAAAAAAAAAAACgAAAAAAAAA',
  'AAAAAAAAAAAFAAAAAAAAAAQiTRhgQIIFAACA9/////8AAAAAAAAAAKAAAAAAAAAABCJNGGBAgpwAAAASAAEAUj8AAIA/CwDw',
  'fwBAAAAgQAAAQEAAAGBAAACAQAAAkEAAAKBAAACwQAAAwEAAANBAAADgQAAA8EAAAABBAAAIQQAAEEEAABhBAAAgQQAAKEEA',
  'ADBBAAA4QQAAQEEAAEhBAABQQQAAWEEAAGBBAABoQQAAcEEAAHhBAACAQQAAhEEAAIhBAACMQQAAkEEAAJRBAACYQQAAnEEA',
  'AAAAAAAAAACkAAAAAAAAAAQiTRhgQIKkAACAAAAAAAUAAAAIAAAACwAAAA4AAAARAAAAFgAAABkAAAAcAAAAHwAAACIAAAAn',
  'AAAAKgAAAC0AAAAwAAAAMwAAADgAAAA7AAAAPgAAAEEAAABEAAAASQAAAEwAAABPAAAAUgAAAFUAAABaAAAAXQAAAGAAAABj',
  'AAAAZgAAAGsAAABuAAAAcQAAAHQAAAB3AAAAfAAAAH8AAACCAAAAhQAAAIgAAAAAAAAAAAAAAACIAAAAAAAAAAQiTRhgQIIU',
  'AAAAdmfDtm9kYmEDAA8RAF9QYWRiYWQAAAAAAAAAAABAAQAAAAAAAAQiTRhgQIKlAAAAEwABABMBCAATAggAEwMIABMECAAT',
  'BQgAEwYIABMHCAATCAgAEwkIABMKCAATCwgAEwwIABMNCAATDggAEw8IABMQCAATEQgAExIIABMTCAATFAgAExUIABMWCAAT',
  'FwgAExgIABMZCAATGggAExsIABMcCAATHQgAEx4IABMfCAATIAgAEyEIABMiCAATIwgAEyQIABMlCAATJggAgCcAAAAAAAAA',
  'AAAAAAAAAAD/////AAAAABAAAAAMABQABgAIAAwAEAAMAAAAAAAEADQAAAAkAAAABAAAAAEAAADwAAAAAAAAABABAAAAAAAA',
  'iAIAAAAAAAAAAAAACAAIAAAABAAIAAAABAAAAAMAAACAAAAAQAAAAAQAAACc////AAABAhAAAAAgAAAABAAAAAAAAAAFAAAA',
  'Y291bnQAAAAIAAwACAAHAAgAAAAAAAABQAAAANT///8AAAEFEAAAABwAAAAEAAAAAAAAAAUAAABsYWJlbAAAAAQABAAEAAAA',
  'EAAUAAgABgAHAAwAAAAQABAAAAAAAAEDEAAAABwAAAAEAAAAAAAAAAQAAABzaXplAAAGAAgABgAGAAAAAAABAAgBAABBUlJP',
  'VzE=',
].join('');

/** The same table, which pyarrow 26.0.1 wrote with ZSTD. */
const ZSTD = [
  'QVJST1cxAAD/////4AAAABAAAAAAAAoADAAGAAUACAAKAAAAAAEEAAwAAAAIAAgAAAAEAAgAAAAEAAAAAwAAAIAAAABAAAAABAAA',
  'AJz///8AAAECEAAAACAAAAAEAAAAAAAAAAUAAABjb3VudAAAAAgADAAIAAcACAAAAAAAAAFAAAAA1P///wAAAQUQAAAAHAAAAAQA',
  'AAAAAAAABQAAAGxhYmVsAAAABAAEAAQAAAAQABQACAAGAAcADAAAABAAEAAAAAAAAQMQAAAAHAAAAAQAAAAAAAAABAAAAHNpemUA',
  'AAYACAAGAAYAAAAAAAEA/////xABAAAUAAAAAAAAAAwAGAAGAAUACAAMAAwAAAAAAwQAHAAAAGABAAAAAAAAAAAAAAwAHgAQAAQA',
  'CAAMAAwAAACgAAAAJAAAABgAAAAoAAAAAAAAAAAAAAAAAAYACAAHAAYAAAAAAAABBwAAAAAAAAAAAAAAFgAAAAAAAAAYAAAAAAAA',
  'AG8AAAAAAAAAiAAAAAAAAAAAAAAAAAAAAIgAAAAAAAAAXwAAAAAAAADoAAAAAAAAACEAAAAAAAAAEAEAAAAAAAAAAAAAAAAAABAB',
  'AAAAAAAATAAAAAAAAAAAAAAAAwAAACgAAAAAAAAAAQAAAAAAAAAoAAAAAAAAAAAAAAAAAAAAKAAAAAAAAAAAAAAAAAAAAAUAAAAA',
  'AAAAKLUv/SAFKQAA9/////8AAKAAAAAAAAAAKLUv/SCg9QIAUkkVHqBFyxgP1rPO9YtO093pxNxO77nO5pUOO73nOntNCps8yYu8',
  '50He4zme8xqP8RaveYqXeIind3iGV3jLI7zBE7xrYAmsgAWwKouynuWsZmktK+PMHAIAYMoFsACkAAAAAAAAACi1L/0gpHUCAEKK',
  'Ehlwy83wR3gC/UWADg36J/ql9m/Sb9Nty9pTf9zxxhlfXPHEET/c8MIJH1zwwAH/7r079+3as2O/br069enSo0N/7rw58+XKkyMf',
  'AACIAAAAAAAAACi1L/0giIUAADhnw7ZvZGJhAgCUZgLCzggAAAAAAAAAQAEAAAAAAAAotS/9YEAA1QEAYkUMCxBYvhn8oMvnEUoB',
  '/0bGRcVExEPDQsJBwUDAr7fL3Wqz2Ku1Sp1Ko9Cns8lcKpPI4ydUAgADAQAAAAD/////AAAAABAAAAAMABQABgAIAAwAEAAMAAAA',
  'AAAEADQAAAAkAAAABAAAAAEAAADwAAAAAAAAABgBAAAAAAAAYAEAAAAAAAAAAAAACAAIAAAABAAIAAAABAAAAAMAAACAAAAAQAAA',
  'AAQAAACc////AAABAhAAAAAgAAAABAAAAAAAAAAFAAAAY291bnQAAAAIAAwACAAHAAgAAAAAAAABQAAAANT///8AAAEFEAAAABwA',
  'AAAEAAAAAAAAAAUAAABsYWJlbAAAAAQABAAEAAAAEAAUAAgABgAHAAwAAAAQABAAAAAAAAEDEAAAABwAAAAEAAAAAAAAAAQAAABz',
  'aXplAAAGAAgABgAGAAAAAAABAAgBAABBUlJPVzE=',
].join('');

/**
 * Shard of words with tags that `save_to_disk` of datasets 5.2.0 wrote with pyarrow 26.0.1: "Ada King met" (B-PER,
 * I-PER, O), "in", "New York" (O, B-LOC) and "x" (O).
 */
const TAGGED = [
  '/////xgCAAAQAAAAAAAKAA4ABgAFAAgACgAAAAABBAAQAAAAAAAKAAwAAAAEAAgACgAAABABAAAEAAAAAQAAAAwAAAAIAAwABAAIAAgA',
  'AADkAAAABAAAANUAAAB7ImluZm8iOiB7ImZlYXR1cmVzIjogeyJ0b2tlbnMiOiB7ImZlYXR1cmUiOiB7ImR0eXBlIjogInN0cmluZyIs',
  'ICJfdHlwZSI6ICJWYWx1ZSJ9LCAiX3R5cGUiOiAiTGlzdCJ9LCAibmVyX3RhZ3MiOiB7ImZlYXR1cmUiOiB7Im5hbWVzIjogWyJPIiwg',
  'IkItUEVSIiwgIkktUEVSIiwgIkItTE9DIl0sICJfdHlwZSI6ICJDbGFzc0xhYmVsIn0sICJfdHlwZSI6ICJMaXN0In19fX0AAAALAAAA',
  'aHVnZ2luZ2ZhY2UAAgAAAHAAAAAEAAAAbP///wAAAQwUAAAAIAAAAAQAAAABAAAAGAAAAAgAAABuZXJfdGFncwAAAABk////nP///wAA',
  'AQIQAAAAIAAAAAQAAAAAAAAABAAAAGl0ZW0AAAAACAAMAAgABwAIAAAAAAAAAUAAAADU////AAABDBQAAAAcAAAABAAAAAEAAAAkAAAA',
  'BgAAAHRva2VucwAAyP///xAAFAAIAAYABwAMAAAAEAAQAAAAAAABBRAAAAAcAAAABAAAAAAAAAAEAAAAaXRlbQAAAAAEAAQABAAAAP//',
  '//8oAQAAFAAAAAAAAAAMABYABgAFAAgADAAMAAAAAAMEABgAAACIAAAAAAAAAAAACgAYAAwABAAIAAoAAACsAAAAEAAAAAMAAAAAAAAA',
  'AAAAAAkAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABwAAAAAAAAAMAAAAAAA',
  'AAAVAAAAAAAAAEgAAAAAAAAAAAAAAAAAAABIAAAAAAAAABAAAAAAAAAAWAAAAAAAAAAAAAAAAAAAAFgAAAAAAAAAMAAAAAAAAAAAAAAA',
  'BAAAAAMAAAAAAAAAAAAAAAAAAAAGAAAAAAAAAAAAAAAAAAAAAwAAAAAAAAAAAAAAAAAAAAYAAAAAAAAAAAAAAAAAAAAAAAAAAwAAAAUA',
  'AAAGAAAAAAAAAAMAAAAHAAAACgAAAAwAAAAUAAAAFQAAAAAAAABBZGFLaW5nbWV0aW5OZXcgWW9ya3gAAAAAAAAAAwAAAAUAAAAGAAAA',
  'AQAAAAAAAAACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADAAAAAAAAAAAAAAAAAAAA/////wAAAAA=',
].join('');
const TAG_NAMES = ['O', 'B-PER', 'I-PER', 'B-LOC'];

describe('an Arrow file', () => {
  it.each(['file', 'stream'] as const)('is read as a table: %s', async (form) => {
    const path = join(writeFolder({ 'a.arrow': tableToIPC(table(), form) }), 'a.arrow');
    const { proposal, samples } = await openFiles(path);
    expect(proposal).toMatchObject({ reader: 'arrow', records: rows, found: '1 Arrow file' });
    expect(proposal.manifest.ground_truths['label']).toMatchObject({ values: ['bad', 'göod'] });
    const { inputs, metadata } = samples.get('training/4') ?? samples.get('validation/4')!;
    expect(metadata.get('size')).toBe(2);
    expect(metadata.get('count')).toBe(4);
    expect(inputs[0]!.data.at(-1)).toBe(1);
    expect((samples.get('training/3') ?? samples.get('validation/3'))!.metadata.get('size')).toBeNull();
  });

  it('has splits by the names of files', async () => {
    const root = writeFolder({
      'x-train.feather': tableToIPC(table(), 'file'),
      'x-test.feather': tableToIPC(table(100), 'file'),
    });
    const { samples } = await openFiles(root);
    expect([...samples.keys()].filter((id) => id.startsWith('test/'))).toHaveLength(rows);
  });

  it('has arrays', async () => {
    const list = new FixedSizeList(3, new Field('item', new Float32()));
    const vector = vectorFromArray(
      Array.from({ length: 20 }, (_, i) => [i, i + 1, i + 2]),
      list,
    );
    const label = vectorFromArray(Array.from({ length: 20 }, (_, i) => String(i % 2)));
    const file = tableToIPC(new ArrowTable({ x: vector, label }), 'file');
    const { proposal, samples } = await openFiles(join(writeFolder({ 'a.arrow': file }), 'a.arrow'));
    expect(proposal.manifest.inputs['x']).toMatchObject({ encoder: 'array', shape: [3] });
    expect(samples.size).toBe(20);
  });

  it.each([
    ['LZ4', LZ4, [4, 0x22, 0x4d, 0x18]],
    ['ZSTD', ZSTD, [0x28, 0xb5, 0x2f, 0xfd]],
  ])('of pandas or pyarrow is read with its compression by %s', async (_name, text, magic) => {
    const bytes = Buffer.from(text, 'base64');
    const { samples } = await openFiles(join(writeFolder({ 'a.feather': bytes }), 'a.feather'));
    const cells = [...samples.values()].map(({ metadata }) => Object.fromEntries(metadata));
    expect(cells).toHaveLength(40);
    for (const { size, count } of cells) expect(size).toBe(count === 3 ? null : Number(count) / 2);
    // a damaged block is refused, and no number of it is believed
    const frame = bytes.indexOf(Buffer.from(magic));
    for (const [at, value] of [
      [frame + 4, 0xff],
      [frame + 7, 0xff],
    ] as const) {
      const damaged = Buffer.from(bytes);
      damaged[at] = value;
      await expect(openFiles(join(writeFolder({ 'a.feather': damaged }), 'a.feather'))).rejects.toMatchObject(
        {
          reason: 'ARROW_INVALID',
        },
      );
    }
  });

  it('is refused where the library would read it without end', () => {
    const bytes = tableToIPC(new ArrowTable({ v: vectorFromArray([0, 0.5, 1]) }), 'file');
    // the mark in front of the schema
    bytes[8] = 1;
    expect(() => arrowRecords([{ path: 'a.arrow', bytes }], {}, 100)).toThrow(
      /a\.arrow cannot be read as an Arrow file: it is damaged, since reading it took more than 10\d ms/,
    );
  });

  it('is refused where it is cut off, or no Arrow file', async () => {
    const bytes = tableToIPC(table(), 'file');
    for (const content of [bytes.subarray(0, bytes.length / 2), Buffer.from('no arrow at all')]) {
      const path = join(writeFolder({ 'a.arrow': content }), 'a.arrow');
      await expect(openFiles(path)).rejects.toMatchObject({
        reason: expect.stringMatching(/ARROW_INVALID|DATA_EMPTY/) as string,
      });
    }
  });
});

describe('a data set of Hugging Face', () => {
  const dict = JSON.stringify({ splits: ['train', 'test'] });
  it('has its splits, pictures, and classes by name', async () => {
    const root = writeFolder({
      'set/dataset_dict.json': dict,
      ...Object.fromEntries(
        Object.entries({ ...(await saved('train', 9)), ...(await saved('test', 4)) }).map(([name, x]) => [
          `set/${name}`,
          x,
        ]),
      ),
    });
    const { proposal, samples } = await openFiles(root);
    expect(proposal.manifest).toMatchObject({
      source: { reader: 'arrow' },
      splits: { column: 'split', training: ['train'], test: ['test'] },
      inputs: { image: { encoder: 'picture', height: 10, width: 12 } },
      ground_truths: { label: { encoder: 'classes', values: ['cat', 'dog', 'never'] } },
    });
    // the four records of the test split come first
    const ids = [...samples.keys()].map((id) => id.split('/')[0]);
    expect(ids.filter((split) => split === 'unlabeled')).toHaveLength(4);
    expect([...samples.get('training/5')!.groundTruths![0]!.data]).toEqual([0, 1, 0]);
  });

  /** A split of words with tags, and the types that `dataset_info.json` states. */
  const tagged = (bytes: Uint8Array, features: object = {}) => ({
    'train/data-00000-of-00001.arrow': bytes,
    'train/state.json': JSON.stringify({ _data_files: [{ filename: 'data-00000-of-00001.arrow' }] }),
    'train/dataset_info.json': JSON.stringify({ features }),
  });

  it('has words with their tags', async () => {
    const root = writeFolder({
      'set/dataset_dict.json': JSON.stringify({ splits: ['train'] }),
      ...Object.fromEntries(
        Object.entries(tagged(Buffer.from(TAGGED, 'base64'))).map(([name, x]) => [`set/${name}`, x]),
      ),
    });
    const { proposal, samples } = await openFiles(root);
    expect(proposal.manifest).toMatchObject({
      source: { reader: 'arrow' },
      inputs: { tokens: { encoder: 'words', length: 2, split: 'spaces' } },
      ground_truths: { ner_tags: { encoder: 'tags', words: 'tokens', length: 2, values: TAG_NAMES } },
      metadata: [],
    });
    expect(Object.keys(proposal.manifest.inputs)).toEqual(['tokens']);
    const sample = (row: number) => (samples.get(`training/${row}`) ?? samples.get(`validation/${row}`))!;
    expect([...sample(0).groundTruths![0]!.data]).toEqual([0, 1, 0, 0, 0, 0, 1, 0]);
    expect([...sample(1).groundTruths![0]!.data]).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
    const shown = JSON.parse(Buffer.from(sample(1).visuals[0]!.bytes).toString()) as object;
    expect(shown).toMatchObject({
      text: 'in New\u00a0York',
      labels: ['PER', 'LOC'],
      spans: [{ start: 3, end: 11, label: 1 }],
    });
  });

  it.each<[string, object, string[]]>([
    [
      'of dataset_info.json',
      { ner_tags: { feature: { names: ['no one', 'one'], _type: 'ClassLabel' } } },
      ['no\u00a0one', 'one'],
    ],
    ['by their numbers, where no names are stated', {}, ['0', '1']],
  ])('has tags %s', async (_, features, values) => {
    const words = [['Ada', 'met'], ['Bo'], ['x', 'y']];
    const bytes = tableToIPC(
      new ArrowTable({
        tokens: vectorFromArray(words, new List(new Field('item', new Utf8(), true))),
        ner_tags: vectorFromArray(
          words.map((own) => own.map((_word, i) => BigInt(i))),
          new List(new Field('item', new Int64(), true)),
        ),
      }),
      'stream',
    );
    const { proposal, samples } = await openFiles(writeFolder(tagged(bytes, features)));
    expect(proposal.manifest.ground_truths['ner_tags']).toMatchObject({ encoder: 'tags', values });
    expect(samples.size).toBe(3);
  });

  it('is refused where a listed file is missing', async () => {
    const files = await saved('train', 4);
    const root = writeFolder({
      ...files,
      'train/state.json': JSON.stringify({ _data_files: [{ filename: 'data-00000-of-00002.arrow' }] }),
    });
    await expect(openFiles(root)).rejects.toThrow(
      /train\/state\.json lists data-00000-of-00002\.arrow, which is missing/,
    );
  });
});

describe('a column of sounds', () => {
  const wav = wavFile('8 bits');
  const struct = new Struct<{ bytes: Binary; path: Utf8 }>([
    new Field('bytes', new Binary(), true),
    new Field('path', new Utf8(), true),
  ]);
  const label = vectorFromArray(Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? 'yes' : 'no')));
  const arrow = (bytes: Uint8Array, path: string | null) =>
    tableToIPC(
      new ArrowTable({
        sound: vectorFromArray(
          Array.from({ length: 6 }, () => ({ bytes, path })),
          struct,
        ),
        label,
      }),
      'file',
    );

  it('as Hugging Face data sets hold them becomes spectrograms: Arrow', async () => {
    const path = join(writeFolder({ 'a.arrow': arrow(wav, null) }), 'a.arrow');
    const { proposal, samples } = await openFiles(path);
    expect(proposal.manifest).toMatchObject({
      inputs: { sound: { encoder: 'spectrogram' } },
      visuals: { sound: { kind: 'audio' } },
      ground_truths: { label: { values: ['no', 'yes'] } },
    });
    expect(samples.size).toBe(6);
  });

  it('becomes spectrograms: Parquet, as a struct and as bytes', async () => {
    const hex = `from_hex('${wav.toString('hex')}')`;
    for (const sound of [`{'bytes': ${hex}, 'path': 'a.wav'}`, hex]) {
      const path = join(writeFolder({}), 'a.parquet');
      await writeParquet(
        path,
        `SELECT ${sound} AS sound, if(i % 2 = 0, 'yes', 'no') AS label FROM range(6) t(i)`,
      );
      const { proposal, samples } = await openFiles(path);
      expect(proposal.manifest.inputs['sound']).toMatchObject({ encoder: 'spectrogram', column: 'sound' });
      expect(samples.size).toBe(6);
    }
  });

  it('is refused where it is compressed', async () => {
    const path = join(writeFolder({ 'a.arrow': arrow(Buffer.from('fLaC and more'), null) }), 'a.arrow');
    await expect(openFiles(path)).rejects.toThrow(/the sound of the record is compressed \(FLAC\)/);
  });

  it('names files next to its table', async () => {
    const root = writeFolder({
      'metadata.csv': 'file_name,label\na.wav,x\nb.wav,y\n',
      'a.wav': wav,
      'b.wav': wav,
    });
    expect((await openFiles(root)).proposal.manifest.inputs['file_name']).toMatchObject({
      encoder: 'spectrogram',
    });
  });
});

describe('archives within a folder', () => {
  it('are named: alone they are refused, next to data they are a note', async () => {
    await expect(openFiles(writeFolder({ 'a/part.zip': 'x', 'b.tar.gz': 'x' }))).rejects.toMatchObject({
      reason: 'DATA_UNKNOWN',
      message: expect.stringMatching(/but archives: a\/part\.zip, b\.tar\.gz\. Unpack them/) as string,
    });
    const root = writeFolder({
      'x/a.png': await picture([9, 9, 9], (one) => one.png()),
      'y/b.png': await picture([99, 9, 9], (one) => one.png()),
      'y/more.7z': 'x',
    });
    expect((await openFiles(root)).proposal.notes.join()).toMatch(/archives within the folder: y\/more\.7z/);
  });
});

describe('a folder of pictures with metadata', () => {
  const png = (blue: number) => picture([0, 0, blue], (one) => one.png());
  it('is read by its table, with paths relative to it', async () => {
    const root = writeFolder({
      'train/metadata.csv': 'file_name,label\na.png,x\nsub/b.png,y\n',
      'train/a.png': await png(10),
      'train/sub/b.png': await png(200),
      'test/metadata.csv': 'file_name,label\na.png,y\n',
      'test/a.png': await png(100),
    });
    const { proposal, samples } = await openFiles(root);
    expect(proposal).toMatchObject({ reader: 'table', records: 3 });
    expect(proposal.manifest).toMatchObject({
      splits: { column: 'split', training: ['train'], test: ['test'] },
      inputs: { file_name: { encoder: 'picture' } },
    });
    expect([...samples.values()].map(({ inputs }) => Math.round(inputs[0]!.data[2]! * 255)).sort()).toEqual([
      10, 100, 200,
    ]);
  });

  it('names the picture that is missing', async () => {
    const root = writeFolder({
      'metadata.jsonl': '{"file_name": "a.png", "label": "x"}\n{"file_name": "lost.png", "label": "y"}\n',
      'a.png': await png(10),
    });
    await expect(openFiles(root)).rejects.toMatchObject({
      reason: 'PICTURE_MISSING',
      message: expect.stringContaining('lost.png does not exist') as string,
    });
  });
});

it('reads pictures with objects of a data set of Hugging Face', async () => {
  const png = await picture([200, 0, 0], (one) => one.png(), 20, 10);
  const objects = vectorFromArray(
    Array.from({ length: 30 }, (_, i) =>
      i === 1 ? [] : [{ bbox: [1, 2, 3 + i / 10, 4], category: BigInt(i % 2) }],
    ),
    new List(
      new Field(
        'item',
        new Struct<{ bbox: FixedSizeList<Float32>; category: Int64 }>([
          new Field('bbox', new FixedSizeList(4, new Field('item', new Float32()))),
          new Field('category', new Int64()),
        ]),
      ),
    ),
  );
  const image = vectorFromArray(
    Array.from({ length: 30 }, () => png),
    new Binary(),
  );
  const plain = new ArrowTable({ image, objects });
  const category = { names: ['cat', 'dog'], _type: 'ClassLabel' };
  const features = { image: { _type: 'Image' }, objects: [{ bbox: {}, category }] };
  const schema = new Schema(
    plain.schema.fields,
    new Map([['huggingface', JSON.stringify({ info: { features } })]]),
  );
  const folder = writeFolder({ 'a.arrow': tableToIPC(new ArrowTable(schema, plain.batches), 'stream') });
  const { proposal, samples } = await openFiles(folder);
  expect(proposal.manifest.ground_truths).toMatchObject({
    objects: { encoder: 'boxes', values: ['cat', 'dog'], length: 1 },
  });
  const truth = (row: number) =>
    [...samples].find(([key]) => key.endsWith(`/${row}`))![1].groundTruths![0]!.data;
  expect([...truth(0)].map((value) => Number(value.toFixed(6)))).toEqual([0.05, 0.2, 0.15, 0.4, 0]);
  expect(truth(1).at(-1)).toBe(-1);
  expect(truth(7).at(-1)).toBe(1);
});
