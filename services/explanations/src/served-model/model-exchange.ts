import { Inject, Injectable } from '@nestjs/common';
import { FairSemaphore, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { type ModelQuery, type ModelResult, OPEN_QUERIES, type ServedSource } from './served-model.js';
import { modelNotServed, queryLost, servedModelFailed } from './served-model.errors.js';
import { decodeResult, encodeQuery } from './served-model.mapper.js';
import { ServedModelRepository } from './served-model.repository.js';
import { queriesKey, resultKey, ServedModelSignal } from './served-model.signal.js';

/** How long a query waits while no process serves its model. */
const UNSERVED_MS = 5_000;
/** How long a process may take for a query. */
const QUERY_MS = 300_000;
/** How often a waiting worker looks without a notification. */
const POLL_MS = 1_000;

/** Asks the processes that serve models, from a worker. */
@Injectable()
export class ModelExchange {
  /** One model has at most half of the turns. */
  private readonly turns = new FairSemaphore(2 * OPEN_QUERIES);

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ServedModelRepository) private readonly served: ServedModelRepository,
    @Inject(ServedModelSignal) private readonly signals: ServedModelSignal,
  ) {}

  /**
   * Returns the result of a query as the process gave it. Throws `unavailable` MODEL_NOT_SERVED after 5 s
   * without a process, and MODEL_QUERY_LOST; `precondition` SERVED_MODEL_FAILED, also for a process that takes
   * longer than 300 s.
   */
  async ask(source: ServedSource, query: ModelQuery, signal: AbortSignal): Promise<ModelResult> {
    const leave = await this.turns.take(`${source.runId}/${source.epoch}`, signal);
    const id = uuidv7();
    const waiting = await this.signals.listen(resultKey(id));
    try {
      await this.unitOfWork.run(source.teamId, async () => {
        await this.served.insertQuery(id, source, encodeQuery(id, query));
        this.signals.send(queriesKey(source));
      });
      return await this.await(source, id, waiting, signal);
    } finally {
      waiting.stop();
      leave();
      await this.unitOfWork.run(source.teamId, () => this.served.deleteQuery(id));
    }
  }

  private async await(
    source: ServedSource,
    id: string,
    waiting: Awaited<ReturnType<ServedModelSignal['listen']>>,
    signal: AbortSignal,
  ): Promise<ModelResult> {
    const askedAt = performance.now();
    let servedAt = askedAt;
    for (;;) {
      signal.throwIfAborted();
      const found = await this.unitOfWork.run(source.teamId, () => this.served.findResult(id, source));
      if (found === undefined) throw queryLost();
      if (found.result !== undefined) {
        const result = decodeResult(found.result);
        if (result.error !== '') throw servedModelFailed(result.error);
        return result;
      }
      if (found.isServed) servedAt = performance.now();
      else if (performance.now() - servedAt > UNSERVED_MS) throw modelNotServed(source.runId, source.epoch);
      if (performance.now() - askedAt > QUERY_MS)
        throw servedModelFailed(`it took longer than ${QUERY_MS / 1_000} s`);
      await waiting.wait(POLL_MS, signal);
    }
  }
}
