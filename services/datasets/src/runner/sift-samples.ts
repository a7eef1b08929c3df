import { setImmediate } from 'node:timers/promises';
import { type Integration, type Population, SampleEncoder } from '@noema/integration';
import { asDomainError, DomainError } from '@noema/kernel';
import type { SkippedSample } from '../dataset-version/dataset-version.js';
import { MAX_SKIPPED, MAX_SKIPPED_TEXT } from './answer.limits.js';

const BREATH_MS = 500;
const SHOWN = 5;
const short = (text: string): string =>
  text.length > MAX_SKIPPED_TEXT ? `${text.slice(0, MAX_SKIPPED_TEXT - 2)} …` : text;

/**
 * Runs every handler on every sample and keeps why samples fail; the first one that does not fail gives the
 * shapes. Throws `invalid` TOO_MANY_BAD_SAMPLES when more than the share, more than 1,000, or all of a split
 * fail.
 */
export async function sift(
  integration: Integration,
  population: Population,
  maxShare: number,
  progress: (done: number) => void,
): Promise<{ readonly encoder: SampleEncoder; readonly skipped: readonly SkippedSample[] }> {
  const allowed = Math.min(MAX_SKIPPED, Math.floor(maxShare * population.size));
  const skipped: SkippedSample[] = [];
  let encoder = new SampleEncoder(integration);
  let breath = performance.now();
  for (let row = 0; row < population.size; row++) {
    const sample = population.sampleAt(row);
    try {
      await encoder.encode(sample);
    } catch (error) {
      // A sample that fails before any has passed does not fix the shapes of the others.
      if (skipped.length === row) encoder = new SampleEncoder(integration);
      const { reason, message, metadata } = asDomainError(error);
      const facts = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, short(value)]));
      skipped.push({
        row,
        split: sample.split,
        sampleId: sample.id,
        index: sample.index,
        reason,
        message: short(message),
        metadata: facts,
      });
      if (skipped.length > allowed)
        throw tooMany(
          `${skipped.length} of the first ${row + 1} of ${population.size} samples fail, and ${allowed} ` +
            'may be skipped',
          skipped,
        );
    }
    if (performance.now() - breath < BREATH_MS) continue;
    breath = performance.now();
    progress(row + 1);
    await setImmediate();
  }
  for (const { name, length } of population.splits) {
    const bad = skipped.filter(({ split }) => split === name);
    if (bad.length === length) throw tooMany(`all ${length} samples of the split "${name}" fail`, bad);
  }
  return { encoder, skipped };
}

function tooMany(what: string, [first, ...others]: readonly SkippedSample[]): DomainError {
  const shown = [first!, ...others]
    .slice(0, SHOWN)
    .map(({ message }) => message)
    .join('; ');
  return new DomainError(
    'invalid',
    'TOO_MANY_BAD_SAMPLES',
    `${what} (max_skipped_share; at most ${MAX_SKIPPED} samples). The first: ${shown}`,
    { metadata: first!.metadata },
  );
}
