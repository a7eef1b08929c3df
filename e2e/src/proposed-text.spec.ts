import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@noema/kernel';
import { proposeManifest } from '@noema/readers';
import { expect, it } from 'vitest';
import { type IndexedTexts, trainOnTexts } from './trained-text.js';

const CLASSES = ['sea', 'wood', 'town', 'sky'];
const TEXTS = 800;
const TRAINED = 600;
/** Words of a text, of which every eighth is of its class, and words that a class has for itself. */
const WORDS = [20, 60] as const;
const OWN_WORDS = 60;
const OTHER_WORDS = 1_500;
const random = seededRandom(5);
const pick = (count: number): number => Math.floor(random() * count);

function writeText(name: string): string {
  const length = WORDS[0] + pick(WORDS[1] - WORDS[0]);
  const words = Array.from({ length }, () =>
    random() < 1 / 8 ? `${name}${pick(OWN_WORDS)}` : `word${pick(OTHER_WORDS)}`,
  );
  return words.join(' ');
}

it('proposes a network that learns texts in five epochs of the first settings of a run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'noema-texts-'));
  try {
    const texts = Array.from({ length: TEXTS }, (_, row) => {
      const own = row % CLASSES.length;
      return { own, text: writeText(CLASSES[own]!) };
    });
    const rows = texts.map(({ own, text }) => `${text},${CLASSES[own]}`);
    await writeFile(join(folder, 'texts.csv'), ['text,label', ...rows].join('\n'));
    const { manifest, files, network } = await proposeManifest(folder, 'texts');
    const [input] = Object.values(manifest.inputs);
    const vocabulary = files.get(String(input!['vocabulary']))!.trim().split('\n');
    const numbers = new Map(vocabulary.map((word, at) => [word, at + 2]));
    const length = input!['length'] as number;
    const index = (part: typeof texts): IndexedTexts => {
      const indexes = new Float32Array(part.length * length);
      for (const [row, { text }] of part.entries())
        for (const [at, word] of text.split(' ').slice(0, length).entries())
          indexes[row * length + at] = numbers.get(word) ?? 1;
      return { length, indexes, classes: part.map(({ own }) => own) };
    };
    const shares = await trainOnTexts(
      network,
      { training: index(texts.slice(0, TRAINED)), validation: index(texts.slice(TRAINED)) },
      { epochs: 5, batchSize: 64, seed: 7 },
    );
    expect(shares.at(-1), shares.join(' ')).toBeGreaterThan(0.8);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 240_000);
