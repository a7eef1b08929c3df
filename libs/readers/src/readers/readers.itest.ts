import { gzipSync } from 'node:zlib';
import { dirname, join } from 'node:path';
import { planPopulation, type SampleBatch, SampleEncoder } from '@noema/integration';
import { afterAll, describe, expect, it } from 'vitest';
import {
  writeFolder,
  openFiles,
  picture,
  removeFolders,
  checkSamples,
  writeParquet,
} from '../../test/files.js';
import { tokenizerFile } from '../../test/layouts.js';
import sharp from 'sharp';
import { FileTree } from '../files/file-tree.js';
import { manifestIntegration } from '../manifest/manifest.integration.js';
import { previewManifest } from '../manifest/preview.js';
import { proposeManifest } from '../manifest/propose.js';
import { MediaPaths } from '../tables/media-paths.js';
import { TableRecords } from '../tables/table.records.js';

afterAll(removeFolders);

const RED = [200, 0, 0] as const;
const BLUE = [0, 0, 200] as const;
const png = (rgb: readonly [number, number, number], width?: number, height?: number) =>
  picture(rgb, (one) => one.png(), width, height);
const mean = (values: Float32Array, channel: number): number => {
  const own = values.filter((_, i) => i % 3 === channel);
  return own.reduce((a, b) => a + b, 0) / own.length;
};

describe('a preview', () => {
  it('has samples of all classes, also of rare ones', async () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `${i},${i === 150 ? 'rare' : i > 290 ? 'few' : 'most'}`,
    );
    const folder = writeFolder({ 'a.csv': `size,class\n${rows.join('\n')}\n` });
    const { samples } = await previewManifest(folder, await proposeManifest(folder, 'a'), 12);
    const classes = samples.map(({ cells }) => cells[1]);
    expect(['few', 'most', 'rare'].map((name) => classes.filter((one) => one === name).length)).toEqual([
      5, 6, 1,
    ]);
    expect(new Set(samples.map(({ cells }) => cells[0])).size).toBe(12);
  });

  it('has samples of all records, spread evenly, and the fault of one that cannot be read', async () => {
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 40; i++)
      files[`${i % 2 === 0 ? 'red' : 'blue'}/${i}.png`] = await png(i % 2 === 0 ? RED : BLUE, 200, 100);
    files['red/38.png'] = Buffer.from('no picture');
    const folder = writeFolder(files);
    const { samples, splitCounts, inputs, groundTruths } = await previewManifest(
      folder,
      await proposeManifest(folder, 'flags'),
      40,
    );
    expect(samples).toHaveLength(40);
    expect(splitCounts.training! + splitCounts.validation!).toBe(40);
    expect(inputs).toMatchObject([{ name: 'image', dims: [32, 64, 3] }]);
    expect(groundTruths).toMatchObject([{ name: 'class', dims: [2] }]);
    for (const { cells, visuals, fault } of samples) {
      if (fault !== undefined) {
        expect(fault.message).toContain('red/38.png');
        continue;
      }
      expect(cells[1]).toMatch(new RegExp(`^${cells[2]}/`));
      const { width, height } = await sharp(visuals[0]!.bytes).metadata();
      expect([width, height]).toEqual([96, 48]);
    }
    expect(samples.filter(({ fault }) => fault !== undefined)).toHaveLength(1);
  });
});

describe('a folder of pictures', () => {
  it('has classes by folders, and shares as splits', async () => {
    const files: Record<string, Buffer> = {};
    for (let i = 0; i < 40; i++)
      files[`${i % 2 === 0 ? 'red' : 'blue'}/${i}.png`] = await png(i % 2 === 0 ? RED : BLUE);
    const { proposal, samples } = await openFiles(writeFolder(files));
    expect(proposal).toMatchObject({
      reader: 'picture-folder',
      found: '40 pictures, in 2 class folders',
      records: 40,
    });
    expect(proposal.manifest.ground_truths['class']).toMatchObject({
      encoder: 'classes',
      values: ['blue', 'red'],
    });
    expect(samples.size).toBe(40);
    for (const [id, { inputs, groundTruths }] of samples) {
      const isRed = id.includes('/red/');
      expect(inputs[0]!.dims).toEqual([10, 12, 3]);
      expect(mean(inputs[0]!.data, isRed ? 0 : 2)).toBeCloseTo(200 / 255, 5);
      expect([...groundTruths![0]!.data]).toEqual(isRed ? [0, 1] : [1, 0]);
    }
  });

  it('may have a folder around it, other cases, EXIF, CMYK, 16 bits, transparency, an empty class', async () => {
    const root = writeFolder({
      'archive/Train/red/a.JPG': await picture(
        RED,
        (one) => one.jpeg({ quality: 100 }).withMetadata({ orientation: 6 }),
        20,
        8,
      ),
      'archive/Train/red/b.jpeg': await picture(
        RED,
        (one) => one.toColourspace('cmyk').jpeg({ quality: 100 }),
        8,
        20,
      ),
      'archive/Train/blue/c.PNG': await picture(BLUE, (one) => one.toColourspace('rgb16').png(), 8, 20),
      'archive/val/blue/d.webp': await picture(BLUE, (one) => one.webp({ lossless: true }), 8, 20),
      'archive/val/red/e.png': await picture(RED, (one) => one.ensureAlpha(1).png(), 8, 20),
      'archive/Train/red/Thumbs.db': 'of a system',
      '__MACOSX/archive/Train/red/._a.JPG': 'of another',
      'archive/Train/empty/.keep': '',
    });
    const { proposal, samples } = await openFiles(root);
    expect(proposal.manifest.splits).toEqual({ column: 'split', training: ['Train'], validation: ['val'] });
    expect([...samples.keys()].map((id) => id.split('/')[0])).toEqual([
      'training',
      'training',
      'training',
      'validation',
      'validation',
    ]);
    for (const [id, { inputs }] of samples) {
      // the turned picture is as high as the others
      expect(inputs[0]!.dims).toEqual([20, 8, 3]);
      const color = id.includes('/red/') ? 0 : 2;
      expect(mean(inputs[0]!.data, color), id).toBeGreaterThan(0.7);
      expect(mean(inputs[0]!.data, 2 - color), id).toBeLessThan(0.2);
    }
  });

  it('names the picture that cannot be read', async () => {
    const root = writeFolder({
      'red/a.png': await png(RED),
      'red/b.png': 'no picture',
      'blue/c.png': await png(BLUE),
      'blue/d.png': await png(BLUE),
    });
    const { proposal } = await openFiles(
      writeFolder({ 'red/a.png': await png(RED), 'blue/c.png': await png(BLUE) }),
    );
    const report = await checkSamples(await manifestIntegration(proposal.manifest, root));
    expect(report.passed).toBe(false);
    const [fault] = report.handlers.flatMap(({ faults }) => faults);
    expect(fault).toMatchObject({ reason: 'PICTURE_INVALID', file: 'red/b.png' });
    expect(fault!.message).toMatch(/"red\/b\.png": red\/b\.png cannot be read as a picture/);
  });

  it('that holds a table as well is read in the chosen way', async () => {
    const root = writeFolder({
      'red/a.png': await png(RED),
      'blue/b.png': await png(BLUE),
      'notes.csv': 'a,b\n1,2\n',
    });
    await expect(openFiles(root)).rejects.toMatchObject({
      reason: 'DATA_AMBIGUOUS',
      message: expect.stringMatching(/table \(1 table file\).*picture-folder \(2 pictures/) as string,
    });
    expect((await openFiles(root, { reader: 'picture-folder' })).samples.size).toBe(2);
  });
});

describe('tables of texts next to each other', () => {
  it.each([
    ['spam.csv', 'noema.spam-words.txt'],
    ['my reviews.csv', /^noema\.my_reviews-words-[0-9a-f]{8}\.txt$/],
    ['评论.csv', /^noema\.__?-words-[0-9a-f]{8}\.txt$/],
  ])('have a vocabulary each: %s', async (file, name) => {
    const rows = Array.from({ length: 60 }, (_, i) => `this is text number ${i} of some length,${i % 2}`);
    const root = writeFolder({ [file]: `text,label\n${rows.join('\n')}\n` });
    const proposal = await proposeManifest(join(root, file), 'texts');
    expect([...proposal.files.keys()]).toEqual([
      typeof name === 'string' ? name : expect.stringMatching(name),
    ]);
    expect(proposal.manifest.inputs['text']).toMatchObject({ vocabulary: [...proposal.files.keys()][0] });
  });
});

describe('a folder of texts', () => {
  const text = (topic: string, i: number): string =>
    `this ${topic} text number ${i} speaks of ${topic} and of many other things`;
  it('has classes by folders and words by a vocabulary', async () => {
    const files: Record<string, string> = { 'README.md': 'not a sample' };
    for (let i = 0; i < 60; i++)
      files[`train/${i % 2 === 0 ? 'sport' : 'politics'}/${i}.txt`] = text(
        i % 2 === 0 ? 'sport' : 'politics',
        i,
      );
    const { proposal, samples } = await openFiles(writeFolder(files));
    const words = proposal.files.get('noema.words.txt')!.split('\n');
    expect(proposal.manifest.inputs['text']).toMatchObject({
      encoder: 'words',
      length: 13,
      vocabulary: 'noema.words.txt',
    });
    const { inputs, visuals } = samples.get('training/train/sport/0.txt')!;
    const indexes = [...inputs[0]!.data];
    expect(indexes.slice(0, 5).map((index) => words[index - 2])).toEqual([
      'this',
      'sport',
      'text',
      'number',
      '0',
    ]);
    expect(JSON.parse(Buffer.from(visuals[0]!.bytes).toString())).toEqual({
      tokens: text('sport', 0).split(' '),
    });
  });

  const write = (files: Record<string, string>, i: number): void => {
    files[`${i % 2 === 0 ? 'sport' : 'politics'}/${i}.txt`] = text('Café', i);
  };

  it('has ids and positions of tokens by the tokenizer next to it', async () => {
    const files: Record<string, string> = { 'tokenizer.json': tokenizerFile('bert') };
    for (let i = 0; i < 60; i++) write(files, i);
    const { proposal, samples } = await openFiles(writeFolder(files));
    const { length } = proposal.manifest.inputs['text'] as unknown as { length: number };
    expect(proposal.manifest.inputs['text']).toEqual({
      ...{ encoder: 'tokens', column: 'text', tokenizer: 'tokenizer.json', length, gives: 'ids' },
    });
    expect(proposal.files.size).toBe(0);
    expect(proposal.network!.config.layers[1]!.config).toMatchObject({ input_dim: 400 });
    const { inputs, visuals } = samples.get([...samples.keys()].find((id) => id.endsWith('sport/0.txt'))!)!;
    const shown = JSON.parse(Buffer.from(visuals[0]!.bytes).toString()) as {
      text: string;
      offsets: ([number, number] | null)[];
    };
    expect([...inputs[0]!.data]).toHaveLength(length);
    expect(inputs[0]!.data[0]).toBe(2);
    expect(shown.text).toBe(files['sport/0.txt']);
    expect(shown.offsets).toHaveLength(length);
    expect(shown.offsets.map((offset) => (offset === null ? '' : shown.text.slice(...offset))).join('')).toBe(
      shown.text.replaceAll(' ', ''),
    );
  });

  it('has words where the tokenizer next to it is not read, and reports the part', async () => {
    const tokenizer = { ...JSON.parse(tokenizerFile('bert')), normalizer: { type: 'Nmt' } } as object;
    const files: Record<string, string> = { 'tokenizer.json': JSON.stringify(tokenizer) };
    for (let i = 0; i < 60; i++) write(files, i);
    const { proposal } = await openFiles(writeFolder(files));
    expect(proposal.manifest.inputs['text']).toMatchObject({ encoder: 'words' });
    expect(proposal.notes.join()).toMatch(/tokenizer\.json: .* normalizer "Nmt"/);
    delete files['tokenizer.json'];
    const other = await openFiles(writeFolder({ ...files, 'spiece.model': '\n' }));
    expect(other.proposal.notes.join()).toContain(
      'spiece.model is a model of SentencePiece, which is not read',
    );
  });
});

describe('a table', () => {
  const rows = Array.from({ length: 50 }, (_, i) => ({
    id: `n${i}`,
    size: i / 2 + 0.25,
    color: ['red', 'blue'][i % 2]!,
    label: i % 5 === 0 ? 'good' : 'bad',
  }));
  const expectRows = ({ proposal, samples }: Awaited<ReturnType<typeof openFiles>>) => {
    expect(proposal.manifest).toMatchObject({
      id: 'id',
      ground_truths: { label: { encoder: 'classes', values: ['bad', 'good'] } },
    });
    const { columns } = proposal.manifest.inputs['features'] as unknown as {
      columns: { column: string; mean: number; std: number }[];
    };
    const { mean: center, std } = columns.find(({ column }) => column === 'size')!;
    expect(samples.size).toBe(rows.length);
    for (const { id, size, color, label } of rows) {
      const sample = samples.get(`training/${id}`) ?? samples.get(`validation/${id}`);
      const expected = [(size - center) / std, ...(color === 'blue' ? [1, 0] : [0, 1])];
      for (const [i, value] of expected.entries()) expect(sample!.inputs[0]!.data[i]).toBeCloseTo(value, 5);
      expect(sample!.metadata.get('size')).toBe(size);
      expect([...sample!.groundTruths![0]!.data]).toEqual(label === 'bad' ? [1, 0] : [0, 1]);
    }
    // fitted to the training rows alone
    const own = rows.filter(({ id }) => samples.has(`training/${id}`)).map(({ size }) => size);
    expect(center).toBeCloseTo(own.reduce((a, b) => a + b, 0) / own.length, 4);
  };
  const lines = (delimiter: string, format: (row: (typeof rows)[number]) => readonly string[]): string[] => [
    ['id', 'size', 'color', 'label'].join(delimiter),
    ...rows.map((row) => format(row).join(delimiter)),
  ];
  const plain = (row: (typeof rows)[number]) => [row.id, String(row.size), row.color, row.label];

  it('is read from CSV', async () => {
    expectRows(await openFiles(join(writeFolder({ 'a.csv': lines(',', plain).join('\n') }), 'a.csv')));
  });

  it('is read from CSV with a byte order mark, semicolons, decimal commas, quotes and Windows line ends', async () => {
    const odd = lines(';', (row) => [
      `"${row.id}"`,
      String(row.size).replace('.', ','),
      row.color,
      row.label,
    ]).join('\r\n');
    expectRows(await openFiles(join(writeFolder({ 'a.csv': `\uFEFF${odd}\r\n` }), 'a.csv')));
  });

  it('is read from tabs, JSON lines and a JSON array', async () => {
    expectRows(await openFiles(join(writeFolder({ 'a.tsv': lines('\t', plain).join('\n') }), 'a.tsv')));
    expectRows(
      await openFiles(
        join(writeFolder({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') }), 'a.jsonl'),
      ),
    );
    expectRows(await openFiles(join(writeFolder({ 'a.json': JSON.stringify(rows) }), 'a.json')));
  });

  it.each([63, 400])('is read with %i columns more', async (more) => {
    const others = Array.from({ length: more }, (_, at) => `gene ${at}`);
    const path = join(
      writeFolder({
        'a.csv': [
          ['id', 'size', 'color', 'label', ...others].join(),
          ...rows.map((row, at) => [...plain(row), ...others.map((_, gene) => (at * 7 + gene) % 11)].join()),
        ].join('\n'),
      }),
      'a.csv',
    );
    const { proposal, samples } = await openFiles(path);
    const { columns } = proposal.manifest.inputs['features'] as unknown as {
      columns: readonly { column: string; mean: number; std: number }[];
    };
    expect(columns).toHaveLength(2 + more);
    const own = rows.flatMap(({ id }, at) => (samples.has(`training/${id}`) ? [(at * 7 + 5) % 11] : []));
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    const std = Math.sqrt(own.reduce((sum, x) => sum + (x - mean) ** 2, 0) / own.length);
    const gene = columns.find(({ column }) => column === 'gene 5')!;
    expect([gene.mean, gene.std].map((x) => x.toFixed(4))).toEqual([mean.toFixed(4), std.toFixed(4)]);
    expect(proposal.profiles.find(({ field }) => field.name === 'gene 5')).toMatchObject({
      distinct: 11,
      missing: 0,
      min: 0,
      max: 10,
    });
  });

  it('is refused with more columns than are read, and the reason says what to do', async () => {
    const names = Array.from({ length: 3001 }, (_, at) => `gene ${at}`).join();
    const path = join(writeFolder({ 'a.csv': `${names}\n${names.replaceAll(/[^,]+/g, '1')}\n` }), 'a.csv');
    await expect(proposeManifest(path, 'data')).rejects.toMatchObject({
      reason: 'TABLE_TOO_WIDE',
      message: expect.stringContaining('3,001 columns') as string,
    });
  });

  it('has the values of structures as columns of their own, and lists as texts that are no prose', async () => {
    const nested = rows.map(({ label, size, color, id }, at) => ({
      id,
      item: { size, look: { color } },
      history: Array.from({ length: 9 }, (_, n) => ({ step: n, at })),
      label,
    }));
    const path = join(
      writeFolder({ 'a.jsonl': nested.map((row) => JSON.stringify(row)).join('\n') }),
      'a.jsonl',
    );
    const { manifest } = await proposeManifest(path, 'data');
    expect(manifest.inputs).toMatchObject({
      features: {
        columns: [{ column: 'item.size' }, { column: 'item.look.color', values: ['blue', 'red'] }],
      },
    });
    expect(manifest.metadata).toEqual(expect.arrayContaining(['item.size', 'item.look.color', 'history']));
  });

  it.each([
    ['texts', ['f3a1', '00bd', '7c7c', 'e0e0'], 'train/'],
    ['whole numbers', ['11', '12', '13', '14'], ''],
  ])('finds the pictures that a column names without an extension: %s', async (_what, ids, folder) => {
    const files: Record<string, string | Uint8Array> = {
      'labels.csv': ['id,breed', ...ids.map((id, at) => `${id},${at % 2 === 0 ? 'collie' : 'pug'}`)].join(
        '\n',
      ),
    };
    for (const id of ids) files[`${folder}${id}.JPG`] = await picture(RED, (one) => one.jpeg());
    const { proposal, samples } = await openFiles(writeFolder(files), { reader: 'table' });
    expect(proposal.manifest).toMatchObject({
      id: 'id',
      inputs: { image: { encoder: 'picture', column: 'image' } },
      ground_truths: { breed: { encoder: 'classes', values: ['collie', 'pug'] } },
    });
    expect(samples.size).toBe(4);
  });

  it('takes no column for pictures of which one value is no name of a file', async () => {
    const files: Record<string, string | Uint8Array> = { 'a.csv': 'age,breed\n11,pug\n12,pug\n19,collie\n' };
    for (const id of ['11', '12']) files[`${id}.png`] = await png(RED);
    const { proposal } = await openFiles(writeFolder(files), { reader: 'table' });
    expect(Object.keys(proposal.manifest.inputs)).toEqual(['features']);
  });

  it('goes on with its records after other columns were read', async () => {
    const path = join(writeFolder({}), 'a.parquet');
    await writeParquet(path, 'SELECT i, i % 7 AS label FROM range(5000) t(i)');
    const records = await TableRecords.open([{ path }], new MediaPaths(await FileTree.open(path)));
    expect((await records.row(2047))['i']).toBe(2047);
    expect(await records.column('label')).toHaveLength(5000);
    expect((await records.row(4999))['i']).toBe(4999);
    records.close();
  });

  it('is read from Parquet, also in numbered parts', async () => {
    const csv = join(writeFolder({ 'a.csv': lines(',', plain).join('\n') }), 'a.csv');
    const root = writeFolder({});
    const select = (where: string) =>
      `SELECT * FROM read_csv('${csv}') WHERE CAST(substr(id, 2) AS INTEGER) ${where}`;
    await writeParquet(join(root, 'data-00000-of-00002.parquet'), select('< 20'));
    await writeParquet(join(root, 'data-00001-of-00002.parquet'), select('>= 20'));
    expectRows(await openFiles(root));
  });

  it('has splits by the names of its files', async () => {
    const part = (from: number, to: number) =>
      lines(',', plain)
        .filter((_, i) => i === 0 || (i > from && i <= to))
        .join('\n');
    const { proposal, samples } = await openFiles(
      writeFolder({ 'data_train.csv': part(0, 40), 'data_test.csv': part(40, 50) }),
    );
    expect(proposal.found).toBe('2 table files, splits test, train');
    expect([...samples.keys()].filter((id) => id.startsWith('test/'))).toHaveLength(10);
  });

  it('has pictures by the paths in a column, and as bytes', async () => {
    const root = writeFolder({
      'pictures/a.png': await png(RED),
      'pictures/b.png': await png(BLUE),
      'metadata.csv': 'file_name,label\npictures/a.png,warm\npictures/b.png,cold\n',
    });
    const { proposal, samples } = await openFiles(root, { reader: 'table' });
    expect(proposal.manifest.inputs).toMatchObject({ file_name: { encoder: 'picture' } });
    expect([...samples.values()].map(({ inputs }) => mean(inputs[0]!.data, 0) > 0.7)).toContain(true);

    const hub = writeFolder({});
    const bytes = (await png(RED)).toString('hex');
    await writeParquet(
      join(hub, 'train-00000-of-00001.parquet'),
      `SELECT {'bytes': from_hex('${bytes}'), 'path': 'x.png'} AS image, range % 2 AS label FROM range(4)`,
    );
    const opened = await openFiles(hub);
    expect(opened.proposal.manifest.inputs['image']).toMatchObject({
      encoder: 'picture',
      height: 10,
      width: 12,
    });
    expect(opened.samples.size).toBe(4);
  });

  describe('encoded by columns', () => {
    const odd = Array.from({ length: 2_500 }, (_, i) => ({
      id: `n${i}`,
      size: i % 7 === 0 ? null : i / 2 + 0.25,
      color: i % 5 === 0 ? null : ['red', 'blüe', 'say "x"'][i % 3]!,
      used: i % 11 === 0 ? null : i % 2 === 0,
      label: i % 13 === 0 ? null : `c${i % 4}`,
      score: i,
    }));
    const open = async (rows: readonly object[]) => {
      const path = join(
        writeFolder({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') }),
        'a.jsonl',
      );
      const { manifest } = await proposeManifest(path, 'data', { truth: 'label' });
      const integration = await manifestIntegration(manifest, dirname(path));
      return { integration, manifest };
    };

    it('has the samples that it has one by one, also without some', async () => {
      const { integration, manifest } = await open(odd);
      expect(Object.keys(manifest.visuals)).toEqual(['row']);
      const all = await planPopulation(integration);
      const population = all.without([3, 4, all.size - 1]);
      const encoder = new SampleEncoder(integration);
      await encoder.encode(all.sampleAt(0));
      let rows = 0;
      while (rows < population.size) {
        const { split, indexes } = population.runAt(rows, 700);
        const batch = (await encoder.encodeBatch(split, indexes))!;
        for (let i = 0; i < indexes.length; i++) {
          const one = await encoder.encode(population.sampleAt(rows + i));
          const part = (tensors: SampleBatch['inputs'] | undefined) =>
            tensors?.map(({ data, dims }) => {
              const size = dims.reduce((a, b) => a * b, 1);
              return [...data.subarray(i * size, (i + 1) * size)];
            });
          expect(part(batch.inputs)).toEqual(one.inputs.map(({ data }) => [...data]));
          expect(part(batch.groundTruths)).toEqual(one.groundTruths?.map(({ data }) => [...data]));
          expect(batch.metadata.map(({ name, values }) => [name, values[i]])).toEqual([...one.metadata]);
          expect(batch.visuals.map((visuals) => Buffer.from(visuals[i]!).toString())).toEqual(
            one.visuals.map(({ bytes }) => Buffer.from(bytes).toString()),
          );
          expect(batch.classIndexes[i]).toBe(one.classIndex);
        }
        rows += indexes.length;
      }
      expect(rows).toBe(odd.length - 3);
    });

    it('keeps a group in one split, also with chosen shares, and shows what is no input', async () => {
      const rows = Array.from({ length: 120 }, (_, i) => ({
        patient: `p${i % 30}`,
        scan: [i, 2, 3],
        size: i,
        label: i % 2 === 0 ? 'a' : 'b',
      }));
      const root = writeFolder({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
      const { proposal, samples } = await openFiles(join(root, 'a.jsonl'), {
        shares: { training: 0.5, validation: 0.5 },
        roles: { scan: 'visual', size: 'input' },
      });
      expect(proposal.manifest).toMatchObject({
        splits: { training: 0.5, group: 'patient' },
        inputs: { features: { columns: [{ column: 'size' }] } },
        metadata: ['patient', 'size'],
        visuals: { scan: { kind: 'series', column: 'scan' }, row: { kind: 'table' } },
      });
      const splits = new Map<unknown, Set<string>>();
      for (const [name, { metadata }] of samples) {
        const patient = metadata.get('patient');
        splits.set(patient, (splits.get(patient) ?? new Set()).add(name.split('/')[0]!));
      }
      expect([...splits.values()].map(({ size }) => size)).toEqual(Array(30).fill(1));
    });

    it('pads series of several lengths, by channel', async () => {
      const rows = Array.from({ length: 40 }, (_, i) => ({
        curve: Array.from({ length: 3 + (i % 3) }, (_one, step) => [step, 10 * step]),
        label: i % 2 === 0 ? 'a' : 'b',
      }));
      const root = writeFolder({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
      const { proposal, samples } = await openFiles(join(root, 'a.jsonl'));
      const input = proposal.manifest.inputs['curve'] as unknown as { mean: number; std: number };
      expect(input).toMatchObject({ encoder: 'array', shape: [5, 2], pad: true });
      expect(proposal.notes.join()).toMatch(/"curve" have up to 5 steps; they are padded by their mean to 5/);
      expect(proposal.network).toBeDefined();
      const [first] = [...samples].find(([name]) => name.endsWith('/0'))!.slice(1) as [
        NonNullable<ReturnType<(typeof samples)['get']>>,
      ];
      const scaled = [0, 0, 1, 10, 2, 20].map((value) => (value - input.mean) / input.std);
      const numbers = [...first.inputs[0]!.data];
      [...scaled, 0, 0, 0, 0].forEach((value, i) => {
        expect(numbers[i]).toBeCloseTo(value, 5);
      });
      expect(JSON.parse(Buffer.from(first.visuals[0]!.bytes).toString())).toMatchObject({
        series: { 'channel 1': [0, 10, 20] },
      });
    });

    it('takes a part of the records, and names it in the manifest', async () => {
      const root = writeFolder({ 'a.jsonl': odd.map((row) => JSON.stringify(row)).join('\n') });
      const { proposal, samples } = await openFiles(join(root, 'a.jsonl'), { truth: 'label', part: 12 });
      expect(samples.size).toBe(12);
      expect(proposal.manifest).toMatchObject({
        name: `data, 12 of ${odd.length.toLocaleString('en-US')} records`,
        source: { part: 12 },
      });
      expect(proposal.notes.join()).toMatch(/the samples are a part: 12 of [\d,]+ records/);
      const whole = await openFiles(join(root, 'a.jsonl'), { truth: 'label', part: odd.length });
      expect(whole.proposal.manifest.source).not.toHaveProperty('part');
    });

    it('has the column that groups records among its metadata', async () => {
      const rows = odd.slice(0, 40).map((row, i) => ({ ...row, 'person no': `p${i % 9}` }));
      const root = writeFolder({ 'a.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
      const { manifest } = await proposeManifest(join(root, 'a.jsonl'), 'data', { truth: 'label' });
      const splits = { training: 0.5, validation: 0.5, group: 'person no' };
      const integration = await manifestIntegration({ ...manifest, metadata: ['size'], splits }, root);
      expect([integration.group, Object.keys(integration.metadata!)]).toEqual([
        'person_no',
        ['size', 'person_no'],
      ]);
      const encoder = new SampleEncoder(integration);
      const { metadata } = await encoder.encode((await planPopulation(integration)).sampleAt(0));
      expect([...metadata].map(([name]) => name)).toEqual(['size', 'person_no']);
    });

    it('leaves a sample at fault to the handlers, which name it', async () => {
      const { manifest } = await open(odd);
      const lines = odd.map((row, i) => JSON.stringify(i === 40 ? { ...row, label: 'new' } : row));
      const root = writeFolder({ 'a.jsonl': lines.join('\n') });
      const integration = await manifestIntegration(manifest, root);
      const population = await planPopulation(integration);
      const encoder = new SampleEncoder(integration);
      await encoder.encode(population.sampleAt(0));
      const results = [];
      for (let row = 0; row < population.size; ) {
        const { split, indexes } = population.runAt(row, 700);
        results.push((await encoder.encodeBatch(split, indexes)) === undefined);
        row += indexes.length;
      }
      expect(results.filter((failed) => failed)).toHaveLength(1);
    });
  });

  it.each([
    [
      'a line with too many values',
      'id,v\n1,2\n2,3,4\n3,5\n',
      /line 3 has 3 values and line 1 has 2: "2,3,4"/,
    ],
    ['an empty file', '', /begins with an empty line/],
  ])('is refused with the line at fault: %s', async (_what, content, message) => {
    const file = join(writeFolder({ 'a.csv': content }), 'a.csv');
    await expect(openFiles(file)).rejects.toMatchObject({
      reason: 'TABLE_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('whose arrays are no series and have other sizes is refused with the sample', async () => {
    const lines = ['{"a": [[[1, 2]]], "label": "x"}', '{"a": [[[1, 2]], [[3, 4]]], "label": "y"}'].join('\n');
    const file = join(writeFolder({ 'a.jsonl': lines }), 'a.jsonl');
    await expect(openFiles(file)).rejects.toMatchObject({
      reason: 'ARRAY_SIZE_DIFFERS',
      message: expect.stringMatching(
        /sample "1": .*"a".* holds 4 numbers, and the shape \[1, 1, 2\]/,
      ) as string,
    });
  });

  it('gets names for the columns of a file of numbers alone', async () => {
    const { proposal } = await openFiles(
      join(
        writeFolder({ 'a.csv': Array.from({ length: 30 }, (_, i) => `${i}.5 ${i * 2} ${-i}`).join('\n') }),
        'a.csv',
      ),
    );
    expect(proposal.records).toBe(30);
    expect(proposal.profiles.map(({ field }) => field.kind)).toEqual(['number', 'number', 'number']);
  });

  it('predicts the chosen column, a number unchanged', async () => {
    const file = join(writeFolder({ 'a.csv': lines(',', plain).join('\n') }), 'a.csv');
    const { samples, proposal } = await openFiles(file, { truth: 'size' });
    expect(proposal.manifest.ground_truths).toEqual({ size: { encoder: 'number', columns: ['size'] } });
    expect([...(samples.get('training/n3') ?? samples.get('validation/n3'))!.groundTruths![0]!.data]).toEqual(
      [1.75],
    );
    await expect(openFiles(file, { truth: 'price' })).rejects.toMatchObject({
      reason: 'COLUMN_UNKNOWN',
      message: expect.stringContaining('id, size, color, label') as string,
    });
  });
});

it('says which columns have one value or none, where no column can be an input', async () => {
  const folder = writeFolder({ 'a.csv': 'size,weight,label\n1,,a\n1,,b\n1,,a\n' });
  await expect(proposeManifest(folder, 'a')).rejects.toMatchObject({
    reason: 'INPUT_MISSING',
    message:
      'no column can be an input of a network: size (one value), weight (no value), label (text); ' +
      'add columns whose values differ between records',
  });
});

describe('arrays', () => {
  const idx = (type: number, shape: readonly number[], bytes: Uint8Array): Buffer =>
    Buffer.concat([
      Buffer.from([0, 0, type, shape.length]),
      ...shape.map((size) => Buffer.from([0, 0, size >> 8, size & 255])),
      bytes,
    ]);
  const images = (count: number) => Uint8Array.from({ length: count * 64 }, (_, i) => i % 256);

  it('are read from IDX, packed or not', async () => {
    const root = writeFolder({
      'train-images-idx3-ubyte.gz': gzipSync(idx(8, [20, 8, 8], images(20))),
      'train-labels-idx1-ubyte.gz': gzipSync(
        idx(
          8,
          [20],
          Uint8Array.from({ length: 20 }, (_, i) => i % 3),
        ),
      ),
      't10k-images-idx3-ubyte': idx(8, [6, 8, 8], images(6)),
      't10k-labels-idx1-ubyte': idx(8, [6], Uint8Array.of(0, 1, 2, 0, 1, 2)),
    });
    const { proposal, samples } = await openFiles(root);
    expect(proposal.manifest.inputs['image']).toMatchObject({ encoder: 'array', shape: [8, 8, 1], std: 255 });
    expect([...samples.keys()].filter((id) => id.startsWith('test/'))).toHaveLength(6);
    const second = [...samples.entries()].find(([id]) => id === 'training/1')![1];
    expect([...second.inputs[0]!.data.slice(0, 3)]).toEqual([64 / 255, 65 / 255, 66 / 255].map(Math.fround));
    expect([...second.groundTruths![0]!.data]).toEqual([0, 1, 0]);
  });

  it('are refused where the file is cut off', async () => {
    const root = writeFolder({
      'train-images-idx3-ubyte': idx(8, [20, 8, 8], images(19)),
      'train-labels-idx1-ubyte': idx(8, [20], new Uint8Array(20)),
    });
    await expect(openFiles(root)).rejects.toThrow(
      /train-images-idx3-ubyte has 1232 bytes, and its shape \[20, 8, 8\] needs 1296/,
    );
  });

  it('are read from an archive of NumPy, by the names of splits', async () => {
    const { samples, proposal } = await openFiles(
      join(writeFolder({ 'a.npz': Buffer.from(NPZ, 'base64') }), 'a.npz'),
    );
    expect(proposal.manifest.splits).toEqual({ column: 'split', training: ['train'], test: ['test'] });
    expect([...samples.keys()]).toEqual(['training/0', 'training/1', 'training/2', 'test/3']);
    expect([...samples.get('training/2')!.inputs[0]!.data].map((x) => Math.round(x * 255))).toEqual([
      8, 9, 10, 11,
    ]);
  });

  describe('as the ground truth', () => {
    /** Float32 in the form of NumPy; the first size counts the samples. */
    const npy = (shape: readonly number[], value: (index: number) => number): Buffer => {
      const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
      const header = `${dict.padEnd(117)}\n`;
      const size = shape.reduce((a, b) => a * b, 1);
      const data = Float32Array.from({ length: size }, (_, index) => value(index));
      return Buffer.concat([
        Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header}`, 'latin1'),
        Buffer.from(data.buffer),
      ]);
    };
    const x = npy([12, 4], (index) => Math.sin(index));
    const open = (y: Buffer) => openFiles(writeFolder({ 'x.npy': x, 'y.npy': y }));
    const last = ({ proposal }: Awaited<ReturnType<typeof open>>) => proposal.network?.config.layers.at(-1);

    it('are one class a sample where each has a single 1', async () => {
      const opened = await open(npy([12, 3], (index) => Number(index % 3 === Math.floor(index / 3) % 3)));
      expect(Object.keys(opened.proposal.manifest.inputs)).toEqual(['x']);
      expect(opened.proposal.manifest.ground_truths['y']).toMatchObject({
        encoder: 'labels',
        several: false,
      });
      expect(last(opened)!.config).toMatchObject({ units: 3, activation: 'softmax' });
      expect([...opened.samples.get('training/0')!.groundTruths![0]!.data]).toEqual([1, 0, 0]);
    });

    it('are several labels a sample where numbers are 0 and 1', async () => {
      const opened = await open(npy([12, 3], (index) => Number(index % 2 === 0)));
      expect(opened.proposal.manifest.ground_truths['y']).toMatchObject({ encoder: 'labels', several: true });
      expect(last(opened)!.config).toMatchObject({ units: 3, activation: 'sigmoid' });
    });

    it('are unchanged numbers otherwise, and the network begins with their mean and deviation', async () => {
      const opened = await open(npy([12, 2], (index) => 100 + index));
      expect([...opened.samples.get('training/0')!.groundTruths![0]!.data]).toEqual([100, 101]);
      const training = [...opened.samples.entries()]
        .filter(([id]) => id.startsWith('training/'))
        .flatMap(([, sample]) => [...sample.groundTruths![0]!.data]);
      const center = training.reduce((a, b) => a + b, 0) / training.length;
      expect(last(opened)).toMatchObject({ class_name: 'Rescaling', config: { name: 'y' } });
      expect(last(opened)!.config['offset']).toBeCloseTo(center, 3);
    });

    it('are a number for each sample, or a class, where the second size is 1', async () => {
      const { proposal } = await open(npy([12, 1], (index) => index % 2));
      expect(proposal.manifest.ground_truths['y']).toMatchObject({ encoder: 'number', columns: ['y'] });
    });

    it('have one value for each position of a picture, for which no network is proposed', async () => {
      const { proposal } = await open(npy([12, 8, 8], (index) => index % 2));
      expect(proposal.manifest.ground_truths['y']).toMatchObject({ encoder: 'array', shape: [8, 8], std: 1 });
      expect(proposal.network).toBeUndefined();
    });
  });

  it('are refused where an archive is cut off', async () => {
    const bytes = Buffer.from(NPZ, 'base64');
    await expect(
      openFiles(join(writeFolder({ 'a.npz': bytes.subarray(0, 400) }), 'a.npz')),
    ).rejects.toMatchObject({ reason: 'ARRAY_INVALID' });
  });
});

it('names the vocabulary that does not lie next to its manifest', async () => {
  const root = writeFolder({ 'a/x.txt': 'some words', 'b/y.txt': 'more words' });
  const { proposal } = await openFiles(root);
  const spec = { encoder: 'words', column: 'text', length: 4, vocabulary: 'noema.lost.txt' };
  await expect(
    manifestIntegration({ ...proposal.manifest, inputs: { text: spec } }, root),
  ).rejects.toMatchObject({
    reason: 'DATA_PATH_INVALID',
    message: expect.stringContaining('"noema.lost.txt" which the manifest names') as string,
  });
});

it('refuses files of no known form, with the forms that are known', async () => {
  await expect(openFiles(writeFolder({ 'a.xyz': 'x', 'b.pkl': 'y' }))).rejects.toMatchObject({
    reason: 'DATA_UNKNOWN',
    message: expect.stringMatching(/such as a\.xyz, b\.pkl; known: idx files, numpy arrays, table/) as string,
  });
});

/** `numpy.savez_compressed` of x_train [3, 2, 2] = 0 … 11, y_train [0, 1, 0], x_test [1, 2, 2] = 0 … 3, y_test [1]. */
const NPZ =
  'UEsDBC0AAAAIAAAAIQCaCbEc//////////8LABQAeF90cmFpbi5ucHkBABAAjAAAAAAAAABUAAAAAAAAAJvsF+obEMnIUMZQrZ6S' +
  'WpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkZApKmjUKtAHuBiYGRiZmFlY+fg5OIGAFBLAwQt' +
  'AAAACAAAACEAikc3qP//////////CwAUAHlfdHJhaW4ubnB5AQAQAJgAAAAAAAAASgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRu' +
  'paBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RrGOpo6CrUKFAAuBihgZEAFAFBLAwQtAAAACAAAACEASNp2av//' +
  '////////CgAUAHhfdGVzdC5ucHkBABAAhAAAAAAAAABMAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSY' +
  'F59flJIKEndLzClOBYoXZyQWpAL5GoY6CkZApKmjUKtAHuBiYGRiBgBQSwMELQAAAAgAAAAhAD6aFF7//////////woAFAB5X3Rl' +
  'c3QubnB5AQAQAIgAAAAAAAAASAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWK' +
  'F2ckFqQC+RqGOpo6CrUKFAAuRgYIAABQSwECLQMtAAAACAAAACEAmgmxHFQAAACMAAAACwAAAAAAAAAAAAAAgAEAAAAAeF90cmFp' +
  'bi5ucHlQSwECLQMtAAAACAAAACEAikc3qEoAAACYAAAACwAAAAAAAAAAAAAAgAGRAAAAeV90cmFpbi5ucHlQSwECLQMtAAAACAAA' +
  'ACEASNp2akwAAACEAAAACgAAAAAAAAAAAAAAgAEYAQAAeF90ZXN0Lm5weVBLAQItAy0AAAAIAAAAIQA+mhReSAAAAIgAAAAKAAAA' +
  'AAAAAAAAAACAAaABAAB5X3Rlc3QubnB5UEsFBgAAAAAEAAQA4gAAACQCAAAAAA==';
