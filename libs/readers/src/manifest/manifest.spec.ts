import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ENCODERS } from '../encoders/encoder.registry.js';
import { READERS } from '../readers/reader.registry.js';
import type { Manifest } from './manifest.js';
import { parseManifest, printManifest } from './manifest.file.js';
import { assignSplits, hashShare } from './population.splits.js';
import { RowRecords } from '../row-records.js';

const manifest: Manifest = {
  noema: 1,
  name: 'flowers',
  source: { reader: 'table', path: 'flowers.csv' },
  splits: { training: 0.8, validation: 0.2 },
  inputs: {
    features: {
      encoder: 'features',
      columns: [
        { column: 'größe: 1', mean: 2, std: 0.5 },
        { column: 'sex', values: ['no', 'yes'] },
      ],
    },
  },
  ground_truths: { kind: { encoder: 'classes', column: 'kind', values: ['1', 'true', 'null'] } },
  metadata: ['sex'],
  visuals: { row: { kind: 'table', columns: ['sex'] } },
};

describe('a manifest', () => {
  it('is the same after it was printed and parsed, also with values that YAML would take for others', () => {
    expect(parseManifest(printManifest(manifest), 'noema.yaml')).toEqual(manifest);
  });

  it.each([
    [
      'a reader that does not exist',
      (text: string) => text.replace('reader: table', 'reader: tables'),
      /line 5, source\.reader: unknown reader "tables"; known: /,
    ],
    [
      'an encoder that does not exist',
      (text: string) => text.replace('encoder: classes', 'encoder: one_hot'),
      /line 1\d, ground_truths\.kind\.encoder: unknown encoder "one_hot"; known: .*classes/,
    ],
    [
      'a setting that the encoder does not have',
      (text: string) =>
        text.replace('values: ["1"', 'labels: [x], values: ["1"').replace('    labels', '    labels'),
      /./,
    ],
    [
      'shares that are no whole',
      (text: string) => text.replace('validation: 0.2', 'validation: 0.3'),
      /do not sum to 1/,
    ],
    ['a key that is unknown', (text: string) => `${text}\nlabels: [a]\n`, /labels/],
    ['text that is no YAML', () => 'noema: 1\nname: [', /line 2/],
  ])('is refused with its line: %s', (_what, change, message) => {
    const text = change(printManifest(manifest));
    expect(() => parseManifest(text, 'noema.yaml')).toThrow(message);
  });
});

describe('docs/data-without-code.md', () => {
  const text = readFileSync(new URL('../../../../../docs/data-without-code.md', import.meta.url), 'utf8');

  it('has a manifest that is valid', () => {
    const [, block = ''] = /```yaml\n([^]*?)```/.exec(text) ?? [];
    expect(parseManifest(block, 'noema.yaml')).toMatchObject({ name: 'shapes' });
  });

  it.each([...READERS.keys(), ...ENCODERS.keys()])('explains %s', (key) => {
    expect(text).toContain(`\`${key}\``);
  });
});

const records = (
  rows: readonly {
    readonly id: string;
    readonly group: string;
    readonly kind: string | null;
    readonly part: string;
  }[],
) =>
  new RowRecords(
    ['id', 'group', 'kind', 'part'].map((name) => ({ name, kind: 'text' })),
    rows.length,
    (index, field) => rows[index]![field as 'id'],
  );
const many = records(
  Array.from({ length: 4_000 }, (_, i) => ({
    id: `sample ${i}`,
    group: `person ${i % 400}`,
    kind: i % 10 === 0 ? null : 'a',
    part: i % 4 === 0 ? 'test' : 'train',
  })),
);
const truths = { kind: { encoder: 'classes', column: 'kind', values: ['a'] } };

describe('splits', () => {
  it('are shares of a hash of the id, and unlabeled where there is no ground truth', async () => {
    const splits = await assignSplits(many, {
      splits: { training: 0.7, validation: 0.2, test: 0.1 },
      id: 'id',
      ground_truths: truths,
    });
    const counts = Object.fromEntries([...splits].map(([name, { ids }]) => [name, ids.length]));
    expect(counts['unlabeled']).toBe(400);
    // three standard deviations of a binomial share of 3,600
    expect(Math.abs(counts['training']! - 2_520)).toBeLessThan(3 * Math.sqrt(3_600 * 0.7 * 0.3));
    expect(Math.abs(counts['test']! - 360)).toBeLessThan(3 * Math.sqrt(3_600 * 0.1 * 0.9));
    expect(splits.get('training')!.ids.every((id) => hashShare(id) < 0.7)).toBe(true);
  });

  it('of a part have as many records as it says, each in its split of all', async () => {
    const manifest = {
      splits: { training: 0.7, validation: 0.3 },
      id: 'id',
      ground_truths: truths,
    };
    const [all, part, again] = [
      await assignSplits(many, manifest),
      await assignSplits(many, manifest, 1_000),
      await assignSplits(many, manifest, 1_000),
    ];
    expect([...part.values()].reduce((sum, { ids }) => sum + ids.length, 0)).toBe(1_000);
    expect(again).toEqual(part);
    for (const [name, { ids, indexes }] of part) {
      expect(all.get(name)!.ids).toEqual(expect.arrayContaining(ids));
      // spread over all records: three standard deviations of a mean of uniform numbers
      const mean = indexes.reduce((sum, index) => sum + index, 0) / indexes.length;
      expect(Math.abs(mean - 2_000)).toBeLessThan((3 * 4_000) / Math.sqrt(12 * indexes.length));
    }
    expect(await assignSplits(many, manifest, 9_000)).toEqual(all);
  });

  it('keep a group together', async () => {
    const splits = await assignSplits(many, {
      splits: { training: 0.5, validation: 0.5, group: 'group' },
      id: 'id',
      ground_truths: {},
    });
    const groups = [...splits].map(
      ([, { indexes }]) => new Set(Array.from(indexes, (index) => many.row(index)['group'])),
    );
    expect(groups).toHaveLength(2);
    expect([...groups[0]!].filter((group) => groups[1]!.has(group))).toEqual([]);
  });

  it('follow a column, and refuse a value that no split lists', async () => {
    const splits = await assignSplits(many, {
      splits: { column: 'part', training: ['train'], test: ['test'] },
      id: 'id',
      ground_truths: {},
    });
    expect([...splits].map(([name, { ids }]) => [name, ids.length])).toEqual([
      ['training', 3_000],
      ['test', 1_000],
    ]);
    await expect(
      assignSplits(many, { splits: { column: 'part', training: ['train'] }, id: 'id', ground_truths: {} }),
    ).rejects.toThrow(/record 0 \("sample 0"\) has "test" in the column "part"/);
  });
});
