import { DomainError } from '@noema/kernel';
import { MAX_DIFFERENCE } from '@noema/population/rules';

/** Remedy for an epoch without a graph. */
const SERVE = 'run noema.serve(model) in the process that has the model';

export const servedModelNotFound = (id: string): DomainError =>
  new DomainError(
    'not-found',
    'SERVED_MODEL_NOT_FOUND',
    `served model "${id}" does not exist or has ended; register the model again`,
    { metadata: { served_model_id: id } },
  );

export const modelNeverServed = (epoch: number, cause: unknown): DomainError =>
  new DomainError(
    'unsupported',
    'MODEL_HAS_NO_GRAPH',
    `this model was trained outside of the platform, epoch ${epoch} was recorded without its graph, and no ` +
      `process serves it; ${SERVE}`,
    { cause, metadata: { epoch: String(epoch) } },
  );

export const modelNotServed = (runId: string, epoch: number): DomainError =>
  new DomainError(
    'unavailable',
    'MODEL_NOT_SERVED',
    `no process serves epoch ${epoch} of run "${runId}"; ${SERVE}, and ask again`,
    { metadata: { run_id: runId, epoch: String(epoch) } },
  );

export const queryLost = (): DomainError =>
  new DomainError(
    'unavailable',
    'MODEL_QUERY_LOST',
    'the database has lost a query to a served model; it is sent again',
  );

export const servedModelFailed = (reason: string): DomainError =>
  new DomainError(
    'precondition',
    'SERVED_MODEL_FAILED',
    `the process that serves the model could not compute it: ${reason}`,
  );

export const servedResultMissing = (queryId: string): DomainError =>
  new DomainError(
    'invalid',
    'SERVED_RESULT_MISSING',
    `the request names "${queryId.slice(0, 100)}" as the query that it answers; give result with the query_id of a ` +
      'query that WatchModelQueries sent',
    { violations: [{ field: 'result', description: 'is required, with a query_id' }] },
  );

export const servedResultInvalid = (what: string, found: number, expected: number): DomainError =>
  new DomainError(
    'invalid',
    'SERVED_RESULT_INVALID',
    `the process that serves the model gave ${found} numbers of ${what}, and ${expected} were expected; serve ` +
      'the model that was recorded',
  );

export const servedResultNotFinite = (what: string): DomainError =>
  new DomainError(
    'invalid',
    'SERVED_RESULT_NOT_FINITE',
    `the process that serves the model gave NaN or an infinite number in ${what}`,
  );

export const servedModelDiffers = (difference: number, samples: number): DomainError =>
  new DomainError(
    'invalid',
    'SERVED_MODEL_DIFFERS',
    `the served model gives other outputs than were recorded: for ${samples} ` +
      `${samples === 1 ? 'sample' : 'samples'} the largest relative difference is ` +
      `${difference.toPrecision(3)}, and ${MAX_DIFFERENCE} is accepted. Serve the model with the weights of the ` +
      'epoch, with the prepare= and output= of the run; outputs that were recorded in training mode ' +
      '(sweep=False) cannot be reproduced',
    { metadata: { difference: String(difference), accepted: String(MAX_DIFFERENCE) } },
  );

export const epochHasGraph = (epoch: number): DomainError =>
  new DomainError(
    'precondition',
    'EPOCH_HAS_GRAPH',
    `the platform has the graph of epoch ${epoch} and computes its heat maps; there is nothing to serve`,
    { metadata: { epoch: String(epoch) } },
  );

export const epochNotServable = (epoch: number, why: string): DomainError =>
  new DomainError('precondition', 'EPOCH_NOT_SERVABLE', `epoch ${epoch} cannot be served: ${why}`, {
    metadata: { epoch: String(epoch) },
  });

export const tooManyServed = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'SERVED_MODELS_TOO_MANY',
    `the team serves ${limit} models, which is the limit; end one of them`,
  );

export const servedTooLarge = (what: string, bytes: number, limit: number): DomainError =>
  new DomainError(
    'precondition',
    'SERVED_TENSOR_TOO_LARGE',
    `${what} of one sample has ${bytes} bytes, and a served model exchanges at most ${limit}; record the graph ` +
      'of the model, or fewer layers with layers=',
  );

export const needsGraph = (what: string): DomainError =>
  new DomainError(
    'unsupported',
    'SERVED_MODEL_UNSUPPORTED',
    `${what} needs the graph of the model, and the epoch has a served model only; record the run with graph=True`,
  );
