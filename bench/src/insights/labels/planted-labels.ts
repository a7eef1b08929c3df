import type { Population } from '@noema/insights';
import { pickRows, type Source } from '../sources/source.js';
import { readSource, type SourceKey } from '../sources/sources.js';
import { trainPopulation } from '../train-population.js';
import { flipLabels, type NoiseKind } from './label-noise.js';

/** Data sets with at most this many samples, and epochs after which a small network has learned them. */
const SETTINGS = {
  digits: { rows: 4000, epochs: 5 },
  fashion: { rows: 5000, epochs: 5 },
  texts: { rows: Infinity, epochs: 25 },
  emoji: { rows: Infinity, epochs: 25 },
} as const satisfies Partial<Record<SourceKey, { rows: number; epochs: number }>>;

export type LabelSource = keyof typeof SETTINGS;
export const LABEL_SOURCES = Object.keys(SETTINGS) as LabelSource[];

export interface PlantedLabels {
  readonly population: Population;
  /** 1 where the label was changed. */
  readonly flipped: Uint8Array;
}

/** Returns the samples of a data set, spread evenly over it. */
export function readSamples(key: LabelSource): Source {
  const source = readSource(key);
  const { rows } = SETTINGS[key];
  if (source.n <= rows) return source;
  return pickRows(
    source,
    Array.from({ length: rows }, (_, at) => Math.floor((at * source.n) / rows)),
  );
}

/** Epochs after which a small network has learned a data set. */
export const countEpochs = (key: LabelSource): number => SETTINGS[key].epochs;

/** Trains a network with the clean labels. */
export async function trainClean(
  source: Source,
  options: { readonly epochs: number; readonly seed: number; readonly threads: number },
): Promise<Population> {
  const population = await trainPopulation(source, options);
  return population;
}

/** Trains a network with a share of the labels changed, of training and held-out samples alike. */
export async function plantLabels(
  source: Source,
  clean: Population,
  noise: { readonly kind: NoiseKind; readonly share: number; readonly seed: number },
  options: { readonly epochs: number; readonly seed: number; readonly threads: number },
): Promise<PlantedLabels> {
  const { labels, flipped } = flipLabels(
    source.labels,
    source.classNames.length,
    clean.probabilities!,
    noise,
  );
  const population = await trainPopulation(source, { ...options, labels });
  return { population, flipped };
}
