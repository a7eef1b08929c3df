import { writeFileSync } from 'node:fs';
import { visualKinds } from '@noema/integration';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { openFiles, picture, removeFolders, writeFolder, writeParquet } from '../../test/files.js';

afterAll(removeFolders);

const png = (rgb: readonly [number, number, number], width = 20, height = 10) =>
  picture(rgb, (one) => one.png(), width, height);
const [RED, BLUE] = [[200, 0, 0] as const, [0, 0, 200] as const];

/** Boxes of a visual in pixels, rounded. */
function readBoxes(bytes: Uint8Array): unknown[] {
  const text = Buffer.from(bytes).toString('latin1');
  const json = /\{"width":.*?\]\}/s.exec(text)![0];
  return (JSON.parse(json) as { boxes: unknown[] }).boxes;
}

const coco = (change: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    images: [
      { id: 7, file_name: 'a.png', width: 20, height: 10 },
      { id: 9, file_name: 'b.png', width: 20, height: 10 },
    ],
    categories: [
      { id: 18, name: 'dog' },
      { id: 3, name: 'cat' },
    ],
    annotations: [
      { id: 1, image_id: 7, category_id: 18, bbox: [2, 1, 6, 4], segmentation: [[2, 1, 8, 1, 8, 5, 2, 5]] },
      {
        id: 2,
        image_id: 7,
        category_id: 3,
        bbox: [10, 5, 10.4, 5],
        segmentation: [[10, 5, 20, 5, 20, 10, 10, 10]],
      },
      {
        id: 3,
        image_id: 9,
        category_id: 3,
        bbox: [0, 0, 20, 10],
        segmentation: [[0, 0, 20, 0, 20, 10, 0, 10]],
      },
    ],
    ...change,
  });

describe('a table of pictures with lists of objects', () => {
  const rows = [
    {
      file: 'a.png',
      boxes: [
        [2, 1, 6, 4],
        [10, 5, 10, 5],
      ],
      classes: ['dog', 'cat'],
    },
    { file: 'b.png', boxes: [[0, 0, 20, 10]], classes: ['cat'] },
    { file: 'c.png', boxes: [], classes: [] },
  ];
  const pictures = async () => ({
    'a.png': await png(RED),
    'b.png': await png(BLUE),
    'c.png': await png(BLUE),
  });
  const lines = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');
  const find = ({ samples }: Awaited<ReturnType<typeof openFiles>>, row: number) =>
    [...samples].find(([key]) => key.endsWith(`/${row}`))![1];

  it.each<[string, (row: (typeof rows)[number]) => unknown]>([
    [
      'lists in a structure',
      ({ file, boxes, classes }) => ({
        file_name: file,
        objects: { bbox: boxes, categories: classes },
      }),
    ],
    [
      'a list of structures',
      ({ file, boxes, classes }) => ({
        file_name: file,
        objects: boxes.map((bbox, at) => ({ bbox, label: classes[at] })),
      }),
    ],
    [
      'corners',
      ({ file, boxes, classes }) => ({
        file_name: file,
        objects: { boxes: boxes.map(([x, y, w, h]) => [x!, y!, x! + w!, y! + h!]), category: classes },
      }),
    ],
  ])('has them as %s, in pixels of the pictures', async (form, row) => {
    const folder = writeFolder({ 'metadata.jsonl': lines(rows.map(row)), ...(await pictures()) });
    const opened = await openFiles(folder, { reader: 'table' });
    expect(opened.proposal.manifest.ground_truths).toMatchObject({
      objects: { encoder: 'boxes', values: ['cat', 'dog'], length: 2 },
    });
    expect(opened.proposal.notes.join()).toContain(
      form === 'corners' ? 'read as left, top, right, bottom' : 'read as x, y, width, height',
    );
    expect(readBoxes(find(opened, 0).visuals[0]!.bytes)).toEqual([
      { label: 1, x: 2, y: 1, width: 6, height: 4 },
      { label: 0, x: 10, y: 5, width: 10, height: 5 },
    ]);
    expect(readBoxes(find(opened, 2).visuals[0]!.bytes)).toEqual([]);
    const { metadata } = find(opened, 0);
    expect([metadata.get('object_count'), metadata.get('object_classes')]).toEqual([2, 'cat, dog']);
  });

  it('has the names of its classes from Hugging Face, and pictures within the file', async () => {
    const folder = writeFolder(await pictures());
    const path = `${folder}/data.parquet`;
    const names = { names: ['person', 'cat', 'dog'], _type: 'ClassLabel' };
    const features = { objects: { feature: { bbox: { feature: {} }, category: names }, _type: 'Sequence' } };
    await writeParquet(
      path,
      `SELECT {bytes: content, path: NULL::VARCHAR} AS image, 20 AS width, 10 AS height,
        {bbox: [[1.5, 2, 3, 4]]::FLOAT[4][], category: [2]::BIGINT[]} AS objects
        FROM read_blob('${folder}/*.png')`,
      JSON.stringify({ info: { features } }),
    );
    const opened = await openFiles(path);
    expect(opened.proposal.manifest.ground_truths['objects']).toMatchObject({
      encoder: 'boxes',
      values: ['person', 'cat', 'dog'],
    });
    expect(readBoxes([...opened.samples.values()][0]!.visuals[0]!.bytes)).toEqual([
      { label: 2, x: 1.5, y: 2, width: 3, height: 4 },
    ]);
  });

  it('is refused where boxes leave their pictures, and keeps boxes that are shares as a text', async () => {
    const outside = rows.map(({ file }) => ({
      file_name: file,
      objects: [{ bbox: [5, 5, 40, 4], label: 1 }],
    }));
    const folder = writeFolder({ 'metadata.jsonl': lines(outside), ...(await pictures()) });
    await expect(openFiles(folder, { reader: 'table' })).rejects.toMatchObject({
      reason: 'ANNOTATION_INVALID',
      message: expect.stringMatching(/\[5, 5, 40, 4\].*20 × 10 pixels/) as string,
    });
    const shares = rows.map(({ file }) => ({
      file_name: file,
      objects: [{ bbox: [0.5, 0.5, 0.2, 0.2], label: 1 }],
    }));
    const other = writeFolder({ 'metadata.jsonl': lines(shares), ...(await pictures()) });
    expect((await openFiles(other, { reader: 'table' })).proposal.manifest.ground_truths).toEqual({});
  });
});

describe('a table of pictures with masks', () => {
  /** A picture of 4 × 2 pixels with these gray values. */
  const gray = (values: readonly number[]) =>
    sharp(Uint8Array.from(values), { raw: { width: 4, height: 2, channels: 1 } })
      .png()
      .toBuffer();
  const folder = async (masks: readonly (readonly number[])[]) =>
    writeFolder({
      'data.csv': ['image,mask', ...masks.map((_, at) => `images/${at}.png,masks/${at}.png`)].join('\n'),
      ...Object.fromEntries(
        await Promise.all(
          masks.flatMap((mask, at) => [
            png([at * 9, 100, 200], 4, 2).then((bytes) => [`images/${at}.png`, bytes] as const),
            gray(mask).then((bytes) => [`masks/${at}.png`, bytes] as const),
          ]),
        ),
      ),
    });
  /** Class of each pixel of the sample that a row became. */
  const pixelClasses = ({ samples }: Awaited<ReturnType<typeof openFiles>>, row: number) => {
    const { data, dims } = [...samples].find(([key]) => key.endsWith(`/${row}`))![1].groundTruths![0]!;
    const size = dims.at(-1)!;
    return Array.from({ length: data.length / size }, (_, at) => data.subarray(at * size).indexOf(1));
  };

  it('has the gray values as classes, and 255 as no class that is known', async () => {
    const opened = await openFiles(
      await folder([
        [0, 1, 2, 3, 0, 0, 255, 3],
        [0, 0, 0, 0, 1, 1, 1, 1],
      ]),
      { reader: 'table' },
    );
    expect(opened.proposal.manifest).toMatchObject({
      inputs: { image: { encoder: 'picture', column: 'image' } },
      ground_truths: { mask: { encoder: 'mask', values: ['class 1', 'class 2', 'class 3'] } },
      visuals: { image: { kind: 'mask', objects: 'mask' } },
    });
    expect(Object.keys(opened.proposal.manifest.inputs)).toEqual(['image']);
    expect(pixelClasses(opened, 0)).toEqual([0, 1, 2, 3, 0, 0, 0, 3]);
    expect(pixelClasses(opened, 1)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('has 255 as the class where the values are 0 and 255 alone', async () => {
    const opened = await openFiles(
      await folder([[0, 255, 255, 0, 0, 0, 0, 0], Array(8).fill(0) as number[]]),
      { reader: 'table' },
    );
    expect(opened.proposal.notes.join()).toContain('255 the class');
    expect(pixelClasses(opened, 0)).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    expect(pixelClasses(opened, 1)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('stays a picture where it has colors', async () => {
    const root = await folder([[0, 1, 0, 1, 0, 1, 0, 1]]);
    writeFileSync(`${root}/masks/0.png`, await png(RED, 4, 2));
    expect((await openFiles(root, { reader: 'table' })).proposal.manifest.ground_truths).toEqual({});
  });
});

describe('folders of pictures and masks', () => {
  const gray = (values: readonly number[]) =>
    sharp(Uint8Array.from(values), { raw: { width: 4, height: 2, channels: 1 } })
      .png()
      .toBuffer();

  it('are pairs by their names, also below folders of splits', async () => {
    const files: Record<string, Uint8Array> = {};
    for (const [at, split] of ['train', 'train', 'val'].entries()) {
      files[`data/${split}/images/${at}.jpg`] = await picture([at * 9, 100, 200], (one) => one.jpeg(), 4, 2);
      files[`data/${split}/masks/${at}_mask.png`] = await gray([0, 1, 2, 2, 0, at, 0, 0]);
    }
    const { proposal, samples } = await openFiles(writeFolder(files));
    expect(proposal).toMatchObject({ reader: 'mask-folder', found: '3 pictures with masks' });
    expect(proposal.manifest).toMatchObject({
      splits: { training: ['train'], validation: ['val'] },
      ground_truths: { mask: { encoder: 'mask', values: ['class 1', 'class 2'] } },
    });
    expect(Object.keys(proposal.manifest.inputs)).toEqual(['image']);
    const { data } = samples.get('validation/data/val/images/2.jpg')!.groundTruths![0]!;
    expect(Array.from({ length: 8 }, (_, at) => data.subarray(3 * at).indexOf(1))).toEqual([
      0, 1, 2, 2, 0, 2, 0, 0,
    ]);
  });

  it('are refused with masks that have colors', async () => {
    const root = writeFolder({ 'images/a.png': await png(RED, 4, 2), 'masks/a.png': await png(BLUE, 4, 2) });
    await expect(openFiles(root)).rejects.toMatchObject({
      reason: 'MASK_INVALID',
      message: expect.stringContaining('masks/a.png') as string,
    });
  });

  it('stay folders of classes where the names differ', async () => {
    const root = writeFolder({ 'masks/a.png': await png(RED), 'images/b.png': await png(BLUE) });
    expect((await openFiles(root)).proposal.reader).toBe('picture-folder');
  });
});

describe('COCO', () => {
  const folder = async (json = coco(), at = 'annotations/instances_train2017.json') =>
    writeFolder({ [at]: json, 'train2017/a.png': await png(RED), 'train2017/b.png': await png(BLUE) });

  it('has four readings, of which people choose one', async () => {
    await expect(openFiles(await folder())).rejects.toMatchObject({
      reason: 'DATA_AMBIGUOUS',
      message: expect.stringContaining(
        'in 4 ways: coco (2 pictures with objects of 2 classes); coco-boxes (3 boxes); ' +
          'coco-crops (3 objects); coco-masks (2 pictures',
      ) as string,
    });
  });

  it('gives the classes of each picture, with boxes on it', async () => {
    const { proposal, samples } = await openFiles(await folder(), { reader: 'coco' });
    expect(proposal.manifest).toMatchObject({
      splits: { column: 'split', training: ['train'] },
      ground_truths: { objects: { encoder: 'presence', values: ['cat', 'dog'] } },
      visuals: { image: { kind: 'boxes', labels: ['cat', 'dog'] } },
    });
    const a = samples.get('training/train2017/a.png')!;
    expect([...a.groundTruths![0]!.data]).toEqual([1, 1]);
    expect([...samples.get('training/train2017/b.png')!.groundTruths![0]!.data]).toEqual([1, 0]);
    expect(a.metadata.get('object_count')).toBe(2);
    expect(readBoxes(a.visuals[0]!.bytes)).toEqual([
      { label: 1, x: 2, y: 1, width: 6, height: 4 },
      { label: 0, x: 10, y: 5, width: 10, height: 5 },
    ]);
  });

  it('has masks of runs as well as outlines, and refuses runs of another size by their number', async () => {
    const annotations = (size: readonly number[]) => [
      {
        id: 1,
        image_id: 7,
        category_id: 18,
        bbox: [0, 0, 5, 10],
        segmentation: { size, counts: [0, 50, 150] },
      },
      { id: 2, image_id: 9, category_id: 3, bbox: [0, 0, 20, 10], segmentation: { size, counts: 'n0b1h3' } },
    ];
    const { samples } = await openFiles(await folder(coco({ annotations: annotations([10, 20]) })), {
      reader: 'coco-masks',
    });
    const { data, dims } = samples.get('training/train2017/a.png')!.groundTruths![0]!;
    expect(dims).toEqual([10, 20, 3]);
    const classes = Array.from({ length: 200 }, (_, pixel) =>
      data.slice(3 * pixel, 3 * pixel + 3).indexOf(1),
    );
    expect(classes.slice(0, 20)).toEqual([2, 2, 2, 2, 2, ...Array.from({ length: 15 }, () => 0)]);
    await expect(
      openFiles(await folder(coco({ annotations: annotations([10, 21]) })), { reader: 'coco' }),
    ).rejects.toThrow(/annotations\[0\] \(id 1\) has a mask of the size \[10,21\]/);
  });

  it('gives the boxes of objects as shares of their picture, and a network that predicts them', async () => {
    const { proposal, samples } = await openFiles(await folder(), { reader: 'coco-boxes' });
    expect(proposal.manifest).toMatchObject({
      ground_truths: { objects: { encoder: 'boxes', values: ['cat', 'dog'], length: 2 } },
      visuals: { image: { kind: 'boxes', labels: ['cat', 'dog'] } },
    });
    const read = (id: string) => samples.get(`training/train2017/${id}.png`)!.groundTruths![0]!;
    expect(read('a').dims).toEqual([2, 5]);
    const shares = [0.1, 0.1, 0.3, 0.4, 1, 0.5, 0.5, 0.5, 0.5, 0];
    for (const [at, value] of [...read('a').data].entries()) expect(value).toBeCloseTo(shares[at]!, 6);
    expect([...read('b').data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, -1]);
    expect(proposal.network!.config.layers.at(-1)).toEqual({
      class_name: 'Conv2D',
      config: { name: 'objects', filters: 7, kernel_size: 1 },
    });
  });

  it('gives each object, cut out, with the objects of a picture in one split', async () => {
    const annotations = Array.from({ length: 40 }, (_, i) => ({
      id: i,
      image_id: i % 2 === 0 ? 7 : 9,
      category_id: i % 2 === 0 ? 18 : 3,
      bbox: [i % 5, 1, 10, i === 39 ? 0 : 5],
    }));
    const { proposal, samples } = await openFiles(await folder(coco({ annotations }), 'labels.json'), {
      reader: 'coco-crops',
    });
    expect(proposal.manifest).toMatchObject({
      id: 'id',
      inputs: { image: { encoder: 'picture', height: 5, width: 10 } },
      ground_truths: { class: { encoder: 'classes', values: ['cat', 'dog'] } },
    });
    expect(samples.size).toBe(39);
    const { inputs, groundTruths } = [...samples].find(([id]) => id.endsWith('a.png#0'))![1];
    expect(inputs[0]!.dims).toEqual([5, 10, 3]);
    expect(inputs[0]!.data[0]).toBeCloseTo(200 / 255, 5);
    expect([...groundTruths![0]!.data]).toEqual([0, 1]);
  });

  it('gives the class of each pixel by outlines', async () => {
    const { proposal, samples } = await openFiles(await folder(), { reader: 'coco-masks' });
    expect(proposal.manifest.ground_truths['objects']).toMatchObject({
      encoder: 'mask',
      height: 10,
      width: 20,
    });
    const { groundTruths, visuals } = samples.get('training/train2017/a.png')!;
    const classes = Array.from({ length: 200 }, (_, pixel) =>
      groundTruths![0]!.data.subarray(3 * pixel, 3 * pixel + 3).indexOf(1),
    );
    const expected = Array.from({ length: 200 }, (_, pixel) => {
      const [x, y] = [pixel % 20, Math.floor(pixel / 20)];
      return x >= 2 && x < 8 && y >= 1 && y < 5 ? 2 : x >= 10 && y >= 5 ? 1 : 0;
    });
    expect(classes).toEqual(expected);
    expect(visuals[0]!.mediaType).toBe(visualKinds.get('mask').mediaType);
  });

  const broken = (annotation: Readonly<Record<string, unknown>>) =>
    coco({ annotations: [{ id: 5, image_id: 7, category_id: 3, bbox: [0, 0, 5, 5], ...annotation }] });
  it.each([
    [
      'a box outside of its picture',
      broken({ bbox: [15, 2, 10, 4] }),
      /annotations\[0\] \(id 5\) has the box \[15, 2, 10, 4\], which is not inside of its picture a\.png of 20 × 10/,
    ],
    ['a box of a negative size', broken({ bbox: [15, 2, -3, 4] }), /not inside of its picture/],
    ['an unknown category', broken({ category_id: 4 }), /annotations\[0\] \(id 5\) is of the category 4/],
    ['an unknown image', broken({ image_id: 8 }), /is of the image 8, which it does not list/],
    [
      'a picture that is missing',
      coco({ images: [{ id: 7, file_name: 'lost.png', width: 20, height: 10 }], annotations: [] }),
      /the picture lost\.png of the image 7 is not in/,
    ],
    ['a box of three numbers', broken({ bbox: [1, 2, 3] }), /annotations\.0\.bbox/],
    ['JSON that is cut off', coco().slice(0, -20), /it is not JSON/],
    [
      'a path that leads out',
      coco({
        images: [{ id: 7, file_name: '../../etc/passwd.png', width: 20, height: 10 }],
        annotations: [],
      }),
      /is not in/,
    ],
  ])('is refused with %s', async (_what, json, message) => {
    await expect(openFiles(await folder(json))).rejects.toMatchObject({
      reason: 'ANNOTATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });
});

describe('YOLO', () => {
  const folder = async (
    label = '1 0.25 0.5 0.5 0.4\n0 0.9 0.9 0.2 0.2\n',
    extra: Record<string, string> = {},
  ) =>
    writeFolder({
      'set/data.yaml': 'path: ../set\ntrain: images/part1\nval: images/val\nnames: {0: cat, 1: "dog, big"}\n',
      'set/images/part1/a.png': await png(RED),
      'set/labels/part1/a.txt': label,
      'set/images/part1/empty.png': await png(RED),
      'set/images/val/b.JPG': await picture(BLUE, (one) => one.jpeg(), 20, 10),
      'set/labels/val/b.txt': '0 0.1 0.1 0.5 0.1 0.5 0.9 0.1 0.9\r\n',
      ...extra,
    });

  it('gives boxes and outlines, splits by data.yaml, and pictures without objects', async () => {
    const { proposal, samples } = await openFiles(await folder(), { reader: 'yolo' });
    expect(proposal.manifest).toMatchObject({
      splits: { column: 'split', training: ['train'], validation: ['val'] },
      ground_truths: { objects: { values: ['cat', 'dog, big'] } },
    });
    const truth = (id: string) => [...samples.get(id)!.groundTruths![0]!.data];
    expect(truth('training/set/images/part1/a.png')).toEqual([1, 1]);
    expect(truth('training/set/images/part1/empty.png')).toEqual([0, 0]);
    expect(truth('validation/set/images/val/b.JPG')).toEqual([1, 0]);
    const shown = readBoxes(samples.get('training/set/images/part1/a.png')!.visuals[0]!.bytes);
    expect(shown[0]).toEqual({ label: 1, x: 0, y: 3, width: 10, height: 4 });
    const crops = await openFiles(await folder(), { reader: 'yolo-crops' });
    expect([...crops.samples.keys()]).toEqual([
      'training/set/images/part1/a.png#0',
      'training/set/images/part1/a.png#1',
      'validation/set/images/val/b.JPG#0',
    ]);
  });

  it.each([
    [
      'a class without a name',
      '7 0.5 0.5 0.1 0.1',
      /a\.txt cannot be read: line 1 is of the class 7; there are 2 classes/,
    ],
    [
      'a box outside of the picture',
      '0 0.5 0.5 0.1 0.1\n0 0.9 0.5 0.3 0.1',
      /line 2 has a box that is not inside of the picture: "0 0\.9 0\.5 0\.3 0\.1"/,
    ],
    ['another number of values', '0 0.5 0.5 0.1', /line 1 has 4 numbers; a box has 5/],
    ['a word', '0 0.5 x 0.1 0.1', /line 1 has a value that is not a number/],
  ])('is refused with %s', async (_what, label, message) => {
    await expect(openFiles(await folder(label), { reader: 'yolo' })).rejects.toMatchObject({
      reason: 'ANNOTATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused with labels whose picture is missing', async () => {
    await expect(
      openFiles(await folder(undefined, { 'set/labels/val/lost.txt': '' }), { reader: 'yolo' }),
    ).rejects.toThrow(/labels\/val\/lost\.txt cannot be read: its picture is missing/);
  });
});

describe('Pascal VOC', () => {
  const xml = (objects: string, name = 'a.png') =>
    `<annotation><folder>x</folder><filename>${name}</filename><size><width>20</width><height>10</height>` +
    `<depth>3</depth></size>${objects}</annotation>`;
  const object = (name: string, [a, b, c, d]: readonly number[]) =>
    `<object><name>${name}</name><difficult>0</difficult><bndbox><xmax>${c}</xmax><xmin>${a}</xmin>` +
    `<ymin>${b}</ymin><ymax>${d}</ymax></bndbox></object>`;
  const folder = async (
    first = xml(object('cat', [3, 2, 8, 5]) + object('dog', [1, 1, 20, 10])),
    extra = {},
  ) =>
    writeFolder({
      'VOC/Annotations/a.xml': first,
      'VOC/Annotations/b.xml': xml(object('cat', [1, 1, 20, 10]), 'B.PNG'),
      'VOC/Annotations/c.xml': xml(''),
      'VOC/JPEGImages/a.png': await png(RED),
      'VOC/JPEGImages/B.PNG': await png(BLUE),
      'VOC/JPEGImages/c.png': await png(BLUE),
      'VOC/ImageSets/Main/train.txt': 'a\n',
      'VOC/ImageSets/Main/val.txt': 'b\n',
      'VOC/ImageSets/Main/trainval.txt': 'a\nb\n',
      ...extra,
    });

  it('gives boxes from the first pixel to the last, and the pictures of its lists', async () => {
    const { proposal, samples } = await openFiles(await folder(), { reader: 'voc' });
    expect(proposal.manifest).toMatchObject({
      splits: { training: ['train'], validation: ['val'] },
      ground_truths: { objects: { values: ['cat', 'dog'] } },
    });
    expect([...samples.keys()]).toEqual(['training/VOC/JPEGImages/a.png', 'validation/VOC/JPEGImages/B.PNG']);
    expect(readBoxes(samples.get('training/VOC/JPEGImages/a.png')!.visuals[0]!.bytes)).toEqual([
      { label: 0, x: 2, y: 1, width: 6, height: 4 },
      { label: 1, x: 0, y: 0, width: 20, height: 10 },
    ]);
  });

  it('gives the class of each pixel by the colors of its masks', async () => {
    // cat, the eighth class, is #400000, and what is not known #e0e0c0
    const masks = {
      'VOC/SegmentationClass/a.png': await png([64, 0, 0]),
      'VOC/SegmentationClass/b.png': await png([224, 224, 192]),
    };
    const { proposal, samples } = await openFiles(await folder(undefined, masks), { reader: 'voc-masks' });
    const { values } = proposal.manifest.ground_truths['objects'] as unknown as { values: string[] };
    expect([values.length, values[7]]).toEqual([20, 'cat']);
    const first = (id: string) => samples.get(id)!.groundTruths![0]!.data.subarray(0, 21).indexOf(1);
    expect(first('training/VOC/JPEGImages/a.png')).toBe(8);
    expect(first('validation/VOC/JPEGImages/B.PNG')).toBe(0);
    const odd = {
      'VOC/SegmentationClass/a.png': await png([1, 2, 3]),
      'VOC/SegmentationClass/b.png': await png(RED),
    };
    await expect(openFiles(await folder(undefined, odd), { reader: 'voc-masks' })).rejects.toMatchObject({
      reason: 'MASK_INVALID',
      message: expect.stringContaining('SegmentationClass/a.png has the color #010203') as string,
    });
  });

  it.each([
    [
      'a box outside of the picture',
      xml(object('cat', [3, 2, 30, 5])),
      /a\.xml cannot be read: object 1 \("cat"\) has the box 3, 2 to 30, 5/,
    ],
    [
      'no size',
      '<annotation><filename>a.png</filename><size><width>0</width><height>9</height></size></annotation>',
      /annotation\.size/,
    ],
    [
      'XML that is cut off',
      xml(object('cat', [1, 1, 2, 2])).slice(0, -40),
      /a\.xml cannot be read: line 1: /,
    ],
    ['entities', `<!DOCTYPE a [<!ENTITY b "c">]>${xml('')}`, /declares entities, which are never read/],
  ])('is refused with %s', async (_what, first, message) => {
    await expect(openFiles(await folder(first), { reader: 'voc' })).rejects.toMatchObject({
      reason: 'ANNOTATION_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused with a picture that is missing', async () => {
    const extra = { 'VOC/Annotations/d.xml': xml('', 'lost.png') };
    await expect(openFiles(await folder(undefined, extra), { reader: 'voc' })).rejects.toThrow(
      /d\.xml cannot be read: its picture lost\.png is missing/,
    );
  });
});
