import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { setTimeout as delay } from 'node:timers/promises';
import { faultError } from '../commands/watch-job.js';
import { Progress } from '../terminal/progress.js';
import { formatTable } from '../terminal/table.js';
import type { WalkContext } from './walk-context.js';
import type { ExplorationFigures } from './walk-result.js';

const POLL_MS = 100;

/** Waits for the maps that follow from the run by themselves, one an epoch. */
export async function awaitMaps(
  { noema, narrator, stopwatch, command, projectId }: WalkContext,
  run: Run,
): Promise<Exploration[]> {
  narrator.chapter(
    'The maps',
    'How strongly every unit responds to a sample makes one vector; samples with near vectors look ' +
      'alike to the network. A map shows all of them at once.',
  );
  const bar = new Progress(command.terminal, 'drawing maps');
  const ready = await stopwatch
    .measure('maps', async () => {
      for (;;) {
        command.signal.throwIfAborted();
        const { explorations } = await noema.explorations.listExplorations({
          projectId,
          runId: run.id,
          pageSize: 1000,
        });
        const failed = explorations.find((e) => e.state === JobState.FAILED);
        if (failed !== undefined) throw faultError(failed.fault, `the map of epoch ${failed.epoch} failed`);
        const done = explorations
          .filter((e) => e.automatic && e.state === JobState.SUCCEEDED)
          .sort((a, b) => a.epoch - b.epoch);
        bar.update(done.length, run.epochsDone, `${done.length} of ${run.epochsDone}`);
        if (done.length === run.epochsDone) return done;
        await delay(POLL_MS, undefined, { signal: command.signal });
      }
    })
    .finally(() => {
      bar.end();
    });
  narrator.table(formatTable(ready.map(figures), COLUMNS));
  narrator.say(
    '1 is best. Trustworthiness: neighbors in the map are real neighbors; kNN overlap: share of ' +
      'neighbors that the map keeps;',
  );
  narrator.say('labels: share of the 10 nearest digits with the same label, in the map and by vector.');
  return ready;
}

export const figures = ({ epoch, pointCount, trust }: Exploration): ExplorationFigures => ({
  epoch,
  points: pointCount,
  trustworthiness: trust?.trustworthiness ?? 0,
  continuity: trust?.continuity ?? 0,
  knn_overlap: trust?.knnOverlap ?? 0,
  label_agreement_map: trust?.labelAgreementMap ?? 0,
  label_agreement_vectors: trust?.labelAgreementVectors ?? 0,
});

const COLUMNS = [
  { heading: 'epoch', value: (f: ExplorationFigures) => f.epoch, align: 'right' as const },
  { heading: 'points', value: (f: ExplorationFigures) => f.points, align: 'right' as const },
  ...(
    [
      'trustworthiness',
      'continuity',
      'knn_overlap',
      'label_agreement_map',
      'label_agreement_vectors',
    ] as const
  ).map((key) => ({
    heading: key.replaceAll('_', ' '),
    value: (f: ExplorationFigures) => f[key].toFixed(3),
    align: 'right' as const,
  })),
];
