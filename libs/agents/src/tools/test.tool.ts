import { parseDocument, type TestCase, type TestResult } from '@noema/evaluation';
import { parseYaml } from '@noema/config/yaml';
import * as z from 'zod';
import type { Value } from '../answer/answer.js';
import { exact, finite } from '../answer/estimate.js';
import { DataText } from '../answer/fence.js';
import { RunInsights, RunSamples, runTests } from '@noema/judging';
import * as inputs from '../inputs.js';
import { findRun } from '../platform/find-run.js';
import { defineTool } from '../tool.js';

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  baseline: inputs.name('run that `previous` means, by name or id').optional(),
  yaml: z
    .string()
    .min(1)
    .max(50_000)
    .describe(
      'document with version: 1, slices and tests, such as `tests: [{ name: good, where: "split = ' +
        'validation", expect: mean(correct) >= 0.9 }]`; an expectation of insights is `count(insights, ' +
        'kind = leakage, severity >= 2) = 0`',
    ),
  cursor: inputs.cursor,
});

export const test = defineTool({
  name: 'test',
  title: 'Test',
  description:
    'Judges tests of a run, given as YAML: pass, fail, or undecided when the limit lies inside the ' +
    'interval, with the number of samples that would decide. Stores nothing.',
  input,
  readsOnly: true,
  async run(context, { project, run: name, baseline: before, yaml }) {
    const document = parseDocument(parseYaml(yaml, 'yaml'));
    const { platform, maxRows, signal, cache } = context;
    const run = await findRun(context, { project, run: name });
    const baseline = before === undefined ? undefined : await findRun(context, { project, run: before });
    const samples = new RunSamples(platform, run, { maxRows, signal, cache });
    const previous = baseline && new RunSamples(platform, baseline, { maxRows, signal, cache });
    const insights = new RunInsights(platform, run, samples.epoch, signal);
    const results = await runTests(document, samples, previous, { insights, signal });
    const count = (verdict: TestResult['verdict']) =>
      results.filter((result) => result.verdict === verdict).length;
    return {
      facts: {
        run: new DataText(run.displayName),
        run_id: run.id,
        epoch: samples.epoch,
        baseline: baseline && new DataText(baseline.displayName),
        passed: count('pass'),
        failed: count('fail'),
        undecided: count('undecided'),
      },
      list: {
        source: [samples, previous].map((one) => one && `${one.run.id}@${one.epoch}`).join(),
        items: results.map((result, i) => formatResult(result, document.tests[i]!)),
        whenEmpty: {
          reason: 'the document has no tests',
          next_step: 'add tests: a list of name and expect, such as mean(correct) >= 0.9',
        },
      },
    };
  },
});

const formatResult = (result: TestResult, test: TestCase): Value => ({
  name: new DataText(result.name),
  verdict: result.verdict,
  n: result.n,
  value: finite(result.value),
  previous: result.previous === undefined ? undefined : finite(result.previous),
  compared:
    result.interval === undefined
      ? exact(result.value, result.n)
      : {
          n: result.n,
          low: finite(result.interval.low),
          high: finite(result.interval.high),
          confidence: test.kind === 'samples' ? test.interval / 100 : undefined,
        },
  deciding_n: result.decidingN,
  summary: new DataText(result.summary, 400),
});
