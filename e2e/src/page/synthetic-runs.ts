import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { IDS } from './synthetic-ids.js';

const START = Date.parse('2026-11-01T12:00:00Z');
const MINUTE = 60_000;
const EPOCHS = 12;
const OPTIMIZERS = ['adam', 'sgd', 'rmsprop'];
const RATES = [0.001, 0.003, 0.01, 0.03];

/**
 * Further runs of a project, the newest first: of three optimizers, four learning rates and two batch sizes, every
 * ninth one failed without an epoch. Their accuracy falls with the distance of the rate from 0.003.
 */
export function syntheticRuns(count: number) {
  return Array.from({ length: count }, (_, at) => {
    const id = IDS.run.slice(0, -6) + String(900_000 - at);
    const rate = RATES[at % RATES.length]!;
    const optimizer = OPTIMIZERS[at % OPTIMIZERS.length]!;
    const hasFailed = at % 9 === 8;
    const epochs = Array.from({ length: hasFailed ? 0 : EPOCHS }, (_empty, i) =>
      toEpoch(id, rate, i + 1, at),
    );
    const last = epochs.at(-1);
    return {
      epochs,
      run: {
        id,
        projectId: IDS.project,
        displayName: `${optimizer} at ${rate}, try ${at + 1}`,
        datasetVersionId: IDS.data,
        state: hasFailed ? RunState.FAILED : RunState.SUCCEEDED,
        epochsDone: epochs.length,
        ...(hasFailed && {
          fault: { reason: 'LOSS_NOT_FINITE', message: 'the loss of step 7 is not finite' },
        }),
        ...(last !== undefined && { lastEpoch: last }),
        settings: {
          kind: RunKind.TRAIN,
          epochs: EPOCHS,
          batchSize: at % 2 === 0 ? 64 : 256,
          seed: at,
          loss: { name: 'categorical_crossentropy' },
          optimizer: { name: optimizer, config: { learning_rate: rate } },
          workers: 1,
        },
        createTime: timestampFromDate(new Date(START - at * MINUTE)),
        endTime: timestampFromDate(new Date(START - at * MINUTE + (at + 1) * 1_000)),
      },
    };
  });
}

function toEpoch(runId: string, rate: number, epoch: number, at: number) {
  const distance = Math.abs(Math.log10(rate / 0.003));
  const noise = 0.08 * Math.sin(7 * epoch + at);
  const loss = (1.5 + noise) / epoch + 0.2 * distance;
  const part = (split: Split, shift: number) => ({
    split,
    sampleCount: 2_000,
    loss: loss + shift,
    metrics: [
      { name: 'accuracy', value: Math.min(1, Math.max(0, 1 - 0.1 * (loss + shift))) },
      ...(split === Split.TRAINING ? [{ name: 'learning_rate', value: rate * 0.9 ** epoch }] : []),
    ],
  });
  return {
    runId,
    epoch,
    splits: [part(Split.TRAINING, -0.05), part(Split.VALIDATION, 0)],
    seconds: 1,
  };
}
