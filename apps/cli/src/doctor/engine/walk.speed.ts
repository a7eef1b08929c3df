import { model, training } from '@noema/example-mnist';
import type { BackendProbe } from './engine-survey.js';

/** Longest time for one backend, in milliseconds. */
const BUDGET_MS = 5_000;

/** The engine's backends, measured by the walk's network on request. */
export async function walkProbe({
  isQuick,
  budgetMs = BUDGET_MS,
}: {
  readonly isQuick: boolean;
  readonly budgetMs?: number;
}): Promise<BackendProbe> {
  const { backends, measureBackend, requireDevice } = await import('@noema/engine');
  const { name, config } = training.optimizer;
  const test = {
    topology: JSON.stringify(model),
    losses: [{ loss: training.loss.name }],
    optimizer: { name, settings: config },
    budgetMs,
  };
  return {
    keys: backends.keys(),
    require: requireDevice,
    ...(!isQuick && { measure: (backend: string) => measureBackend(backend, test) }),
  };
}
