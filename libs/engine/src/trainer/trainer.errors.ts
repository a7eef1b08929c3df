import { DomainError } from '@noema/kernel';

/** Training diverged and cannot continue. */
export const lossNotFinite = (epoch: number, batch: number, loss: number): DomainError =>
  new DomainError(
    'precondition',
    'LOSS_NOT_FINITE',
    `the loss became ${loss} in epoch ${epoch}, batch ${batch + 1}; lower the learning rate, or look ` +
      `for NaN or huge numbers in the data. The weights of epoch ${epoch - 1} are kept`,
    {
      metadata: { epoch: String(epoch), batch: String(batch + 1) },
    },
  );

export const trainerEnded = (): DomainError =>
  new DomainError(
    'precondition',
    'TRAINER_ENDED',
    'this trainer was stopped in the middle of an epoch or closed; begin a new one from the last checkpoint',
  );

export const checkpointMisfit = (why: string): DomainError =>
  new DomainError(
    'precondition',
    'CHECKPOINT_MISFIT',
    `the checkpoint does not belong to this training: ${why}`,
  );

export const settingInvalid = (name: string, value: unknown, wanted: string): DomainError =>
  new DomainError(
    'invalid',
    'SETTING_INVALID',
    `setting "${name}" of the training is ${JSON.stringify(value)}; give ${wanted}`,
    { metadata: { setting: name } },
  );

export const lossMissing = (): DomainError =>
  new DomainError(
    'precondition',
    'LOSS_MISSING',
    'the loss is computed outside of the graph, and nothing computes it; pass `score` to the trainer',
  );
