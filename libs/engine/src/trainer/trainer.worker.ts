import { parentPort, workerData } from 'node:worker_threads';
import { asDomainError } from '@noema/kernel';
import { backends } from '../backends/backend.registry.js';
import type { BackendSession } from '../backends/backend.js';
import { ExitGate } from '../backends/exit.gate.js';
import { CLOSE, receiveError, sendError } from '../pool/pool.messages.js';
import { Barrier } from './barrier.js';
import { trainerEnded } from './trainer.errors.js';
import type {
  BatchScores,
  EpochRequest,
  ScoredBatch,
  TrainerReply,
  TrainerSetup,
} from './trainer.messages.js';
import { TrainerStep } from './trainer.step.js';

const setup = workerData as TrainerSetup;
const barrier = new Barrier(setup.control, 0, setup.workers);
let step: Promise<TrainerStep> | undefined;

const gate = ExitGate.over(setup.gate);
const guarded = ({ run, dispose }: BackendSession): BackendSession => ({
  run: (feeds, fetches, into) => gate.pass(() => run(feeds, fetches, into)),
  dispose,
});

const post = (reply: TrainerReply): void => {
  parentPort?.postMessage(reply);
};

let waiting: { resolve: (scores: BatchScores) => void; reject: (error: unknown) => void } | undefined;
let isClosing = false;

/** Asks the main thread for the losses of rows and their gradients. */
const score = (rows: Uint32Array, predictions: Float32Array): Promise<BatchScores> =>
  new Promise((resolve, reject) => {
    waiting = { resolve, reject };
    if (isClosing) return reject(trainerEnded());
    post({ kind: 'score', rows, predictions });
  });

function takeScores(answer: ScoredBatch): void {
  if ('error' in answer) waiting?.reject(receiveError(answer.error));
  else waiting?.resolve(answer.scores);
}

async function run(request: EpochRequest): Promise<void> {
  try {
    step ??= gate
      .pass(() =>
        backends.get(setup.backend).open(new Uint8Array(setup.program).slice(), { intraOpThreads: 1 }),
      )
      .then((session) => new TrainerStep(setup, guarded(session), { barrier, score }));
    await (await step).epoch(request, post);
  } catch (error) {
    barrier.break();
    post({ kind: 'failed', error: sendError(asDomainError(error)) });
  }
}

let running = Promise.resolve();
parentPort?.on('message', (request: EpochRequest | ScoredBatch | typeof CLOSE) => {
  if (request !== CLOSE && 'kind' in request) return takeScores(request);
  if (request === CLOSE) {
    isClosing = true;
    waiting?.reject(trainerEnded());
  }
  // A thread must not be terminated inside the runtime: the whole process would abort. So it leaves by
  // itself.
  running = running.then(() => (request === CLOSE ? parentPort?.close() : run(request)));
});
