import { wilsonInterval } from '@noema/evaluation';
import { DomainError, permutation, seededRandom } from '@noema/kernel';
import * as z from 'zod';
import { estimate, withoutInterval } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { RunSamples } from '@noema/judging';
import { countRowSplits } from '../evaluation/splits.js';
import * as inputs from '../inputs.js';
import { findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { defineTool } from '../tool.js';
import { formatEvaluation } from './samples.tool.js';

const MAX_VERDICTS = 500;

const verdict = z.strictObject({
  row: z.int().min(0).describe('row of a sample that the audit drew'),
  faulty: z.boolean().describe('true if a person found it faulty, such as mislabeled'),
});
const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  epoch: inputs.epoch,
  output: inputs.output,
  where: inputs.where,
  size: z.int().min(1).max(MAX_VERDICTS).default(50).describe('number of samples to draw'),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1)
    .describe('the same seed draws the same samples'),
  verdicts: z.array(verdict).max(MAX_VERDICTS).default([]).describe('judgments so far'),
  cursor: inputs.cursor,
});

export const audit = defineTool({
  name: 'audit',
  title: 'Audit',
  description:
    'Estimates which share of the samples that meet a condition is faulty, such as mislabeled: draws a ' +
    'random sample of them for a person to judge, and from the verdicts returns the share with its ' +
    'interval. Stores nothing.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, epoch, where, size, seed, verdicts, ...given }) {
    const { platform, maxRows, signal, cache } = context;
    const run = await findRun(context, { project, run: name });
    const { output, fact } = findOutput(run, given.output);
    const samples = new RunSamples(platform, run, { epoch, output, maxRows, signal, cache });
    const rows = await samples.rows(where);
    const drawn = [...permutation(rows.length, seededRandom(seed)).subarray(0, size)].map((at) => rows[at]!);
    const judged = new Map(verdicts.map(({ row, faulty }) => [row, faulty]));
    if (judged.size < verdicts.length)
      throw new DomainError(
        'invalid',
        'VERDICT_TWICE',
        `verdicts name ${verdicts.length - judged.size} rows twice; give one verdict a row`,
      );
    const foreign = [...judged.keys()].filter((row) => !drawn.some((sample) => sample.row === row));
    if (foreign.length > 0)
      throw new DomainError(
        'invalid',
        'VERDICT_FOREIGN',
        `the audit did not draw row ${foreign[0]}; judge the rows of this where, size and seed, because ` +
          `chosen samples ` +
          'would bias the share',
      );
    const faulty = [...judged.values()].filter(Boolean).length;
    const n = judged.size;
    return {
      facts: {
        run: new DataText(run.displayName),
        run_id: run.id,
        epoch: samples.epoch,
        ...fact,
        population: rows.length,
        splits: countRowSplits(rows),
        drawn: drawn.length,
        judged: n,
        faulty_share:
          n === 0
            ? withoutInterval(NaN, 0, 'nothing is judged yet')
            : estimate(faulty / n, n, wilsonInterval(faulty, n)),
      },
      list: {
        items: (await samples.pick(drawn.filter(({ row }) => !judged.has(row)))).map(formatEvaluation),
        source: `${run.id}@${samples.epoch}`,
        whenEmpty:
          rows.length === 0
            ? {
                reason:
                  where === ''
                    ? 'the run evaluated no samples'
                    : sentence`no sample of the run meets ${where}`,
                next_step: 'widen where',
              }
            : {
                reason: 'all samples of the audit are judged',
                next_step: 'report the share with its interval, or raise size for a narrower one',
              },
      },
    };
  },
});
