import { model, training } from '@noema/example-mnist';
import { type Run, RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import { watchRun } from '../commands/watch-run.js';
import type { WalkContext } from './walk-context.js';

export interface TrainedRun {
  readonly run: Run;
  /** False when the run of an earlier walk was found. */
  readonly trained: boolean;
}

/**
 * Makes the model and trains it; the run of an earlier walk is found, a broken one is taken up where it
 * stopped.
 */
export async function trainNetwork(context: WalkContext, datasetVersionId: string): Promise<TrainedRun> {
  const { noema, narrator, stopwatch, command, projectId, epochs } = context;
  narrator.chapter(
    'The network',
    'A small convolutional network learns to read the digits. After every epoch Noema looks at how it ' +
      'sees all of them.',
  );
  return stopwatch.measure('training', async () => {
    const modelVersionId = await modelVersion(context);
    const { batchSize, loss, optimizer, metrics } = training;
    const { run } = await noema.runs.createRun({
      projectId,
      displayName: 'digits',
      datasetVersionId,
      modelVersionId,
      requestId: `demo-run-${epochs}`,
      settings: { kind: RunKind.TRAIN, epochs, batchSize, seed: 7, loss, optimizer, metrics },
    });
    const now = (await noema.runs.getRun({ runId: run!.id })).run!;
    if (now.state === RunState.SUCCEEDED) {
      narrator.say(`found the run of an earlier walk: ${now.epochsDone} epochs`);
      return { run: now, trained: false };
    }
    if (now.state === RunState.STOPPED || now.state === RunState.FAILED)
      await noema.runs.resumeRun({ runId: now.id });
    return { run: await watchRun(noema, command.terminal, now.id, command.signal), trained: true };
  });
}

async function modelVersion({ noema, narrator, projectId }: WalkContext): Promise<string> {
  const known = (await noema.models.listModels({ projectId, pageSize: 100 })).models.find(
    (m) => m.displayName === 'digits-cnn',
  );
  const made =
    known ??
    (
      await noema.models.createModel({
        projectId,
        displayName: 'digits-cnn',
        topology: model,
        seed: 7,
        requestId: 'demo-model',
      })
    ).model!;
  const { modelVersions } = await noema.models.listModelVersions({ modelId: made.id, pageSize: 1000 });
  const first = modelVersions.find((v) => v.number === 1)!;
  const { layers } = await noema.models.listLayers({ modelVersionId: first.id });
  const units = layers.filter((l) => l.unitCount > 0);
  narrator.say(
    `${made.parameterCount.toLocaleString('en')} parameters; ` +
      `${units.reduce((sum, l) => sum + l.unitCount, 0)} learned units in ` +
      `${units.map((l) => l.name).join(', ')}`,
  );
  return first.id;
}
