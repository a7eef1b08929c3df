import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { type HeatMap, TargetKind, TargetKindSchema } from '@noema/contracts/noema/explanations/v1/heat_map';
import { enumField } from '@noema/contracts';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import * as z from 'zod';
import type { Answer, Value } from '../answer/answer.js';
import { finite } from '../answer/estimate.js';
import { DataText, sentence } from '../answer/fence.js';
import { resolveEpoch } from '@noema/judging';
import { formatText } from '@noema/kernel/filter-language';
import { formatFault, formatJobState, formatSample, optionalText } from '../format.js';
import * as inputs from '../inputs.js';
import { findOutput } from '../platform/find-output.js';
import { findRun } from '../platform/find-run.js';
import { findSample } from '../platform/find-sample.js';
import { defineTool } from '../tool.js';

const TARGET_KINDS = enumField(TargetKindSchema).values;
const MAX_UNITS = 3;

const input = z.strictObject({
  project: inputs.project,
  run: inputs.run,
  epoch: inputs.epoch,
  output: inputs.output,
  sample: inputs.sample,
  row: inputs.row,
  cursor: inputs.cursor,
});

export const explain = defineTool({
  name: 'explain',
  title: 'Explain',
  description:
    'Explains the prediction for one sample: scores, heat maps with their faithfulness, and the strongest ' +
    'units. Returns the newest analysis. Without one it starts an analysis if the server may write, and ' +
    'returns the job to wait for.',
  input,
  readsOnly: false,
  async run(context, { project, run: name, epoch, output: asked, ...address }) {
    const { platform, allowWrites } = context;
    const run = await findRun(context, { project, run: name });
    const { output, fact } = findOutput(run, asked);
    const sample = await findSample(context, run.datasetVersionId, address);
    const { split, sampleId } = sample.ref;
    const number = resolveEpoch(run, epoch);
    const { analyses: ofSample } = await platform.analyses.listAnalyses({
      projectId: run.projectId,
      runId: run.id,
      filter: `split = SPLIT_${Split[split]} AND sample_id = ${formatText(sampleId)} AND epoch = ${number}`,
      orderBy: 'create_time desc',
      pageSize: 1000,
    });
    const analyses = ofSample.filter(({ settings }) => (settings?.output ?? '') === output);
    const found =
      analyses.find(({ state }) => state === JobState.SUCCEEDED) ??
      analyses.find(({ state }) => state === JobState.QUEUED || state === JobState.RUNNING);
    if (found !== undefined)
      return toAnswer((await platform.analyses.getAnalysis({ analysisId: found.id })).analysis!);
    const facts = {
      run: new DataText(run.displayName),
      run_id: run.id,
      epoch: number,
      ...fact,
      sample: formatSample(sample.ref),
    };
    const failed = analyses[0];
    if (!allowWrites || failed !== undefined)
      return {
        facts: { ...facts, fault: formatFault(failed?.fault) },
        empty: {
          reason:
            failed === undefined
              ? 'there is no analysis of this sample at this epoch, and this server only reads'
              : sentence`the analysis of this sample ended as ${formatJobState(failed.state)}`,
          next_step:
            failed === undefined
              ? 'ask the person to run `noema analyze RUN SPLIT/ID`, or to allow writes: --allow-writes on ' +
                'stdio, the header noema-allow-writes: true over HTTP'
              : 'report the fault to the person; `noema analyze RUN SPLIT/ID` tries again',
        },
      };
    const started = await platform.analyses.createAnalysis({
      projectId: run.projectId,
      runId: run.id,
      epoch: number,
      sample: { split, sampleId },
      ...(output !== '' && { settings: { output } }),
    });
    return toAnswer(started.analysis!);
  },
});

function toAnswer(analysis: Analysis): Answer {
  const facts = {
    analysis_id: analysis.id,
    run_id: analysis.runId,
    epoch: analysis.epoch,
    output: optionalText(analysis.settings?.output ?? ''),
    sample: formatSample(analysis.sample),
    row: analysis.row,
    state: formatJobState(analysis.state),
    job_id: analysis.jobId,
  };
  if (analysis.state !== JobState.SUCCEEDED)
    return {
      facts,
      empty: {
        reason: 'the analysis is being computed',
        next_step: 'call explain again with the same arguments in a few seconds; jobs shows the progress',
      },
    };
  const scores = [...analysis.scores].sort((a, b) => b.probability - a.probability);
  const findClass = (index: number): Value | undefined =>
    optionalText(analysis.scores.find(({ classIndex }) => classIndex === index)?.className ?? '');
  return {
    facts: {
      ...facts,
      n: 1,
      loss: analysis.hasLoss ? finite(analysis.loss) : null,
      truth: findClass(analysis.trueClass),
      predicted: findClass(analysis.predictedClass),
      scores: scores.slice(0, 5).map(({ className, probability, logit }) => ({
        class: new DataText(className, 60),
        probability: finite(probability),
        logit: finite(logit),
      })),
      units: analysis.layers.slice(-3).map(({ layer, units }) => ({
        layer: new DataText(layer, 60),
        strongest: units.slice(0, MAX_UNITS).map((unit) => ({
          unit: unit.unit,
          standard_response: finite(unit.standardResponse),
          contribution: finite(unit.contribution),
        })),
      })),
      next_step: 'picture {"of": "heat-map", "analysis": …, "heat_map": …} shows a map',
    },
    list: {
      items: analysis.heatMaps.map(formatHeatMap),
      source: analysis.id,
      whenEmpty: {
        reason: 'the model has no method that explains this sample',
        next_step: 'look at the scores and units of this answer',
      },
    },
  };
}

function formatHeatMap({ id, target, method, layer, signed, faithfulness }: HeatMap): Value {
  return {
    heat_map: new DataText(id),
    target: TARGET_KINDS[(target?.kind ?? TargetKind.CLASS) - 1],
    class: optionalText(target?.className ?? ''),
    method,
    layer: optionalText(layer),
    signed,
    faithfulness: faithfulness && {
      deletion: finite(faithfulness.deletion),
      random_deletion: finite(faithfulness.randomDeletion),
      insertion: finite(faithfulness.insertion),
      random_insertion: finite(faithfulness.randomInsertion),
      better_than_chance: faithfulness.deletionBeatsRandom || faithfulness.insertionBeatsRandom,
      n: 1,
      orders: faithfulness.orders,
    },
  };
}
