import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Host } from '@noema/host';
import { asDomainError } from '@noema/kernel';
import { type AnyDatabase, Database, WakeLoop } from '@noema/postgres';
import { InsightSearchService } from '../insight-search/insight-search.service.js';
import { WaitingRunRepository } from './waiting-run.repository.js';

const [POLL_MS, BATCH] = [15_000, 100];

/** A notification on this channel lets the sweep look at once. */
export const WAITING_RUNS_CHANNEL = 'noema_insights_waiting_runs';

/** Searches runs whose vectors became ready or failed without an event, and runs that have waited for a day. */
@Injectable()
export class WaitingRunSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop: WakeLoop;

  constructor(
    @Inject(Database) db: AnyDatabase,
    @Inject(WaitingRunRepository) private readonly waiting: Pick<WaitingRunRepository, 'claim'>,
    @Inject(InsightSearchService)
    private readonly searches: Pick<InsightSearchService, 'searchFinishedRun'>,
    @Inject(Host) private readonly host: Pick<Host, 'logger'>,
  ) {
    this.loop = new WakeLoop({
      ...{ db, channel: WAITING_RUNS_CHANNEL, pollMs: POLL_MS },
      work: () => this.sweep(),
      onError: (error) => {
        host.logger.warn({ err: error }, 'runs that wait for vectors could not be read; trying again');
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async sweep(): Promise<boolean> {
    const runs = await this.waiting.claim(BATCH);
    for (const { teamId, runId, isLate } of runs) {
      try {
        await this.searches.searchFinishedRun(teamId, runId, { isLate });
      } catch (error) {
        const { reason } = asDomainError(error);
        this.host.logger.warn(
          { err: error, run_id: runId, reason },
          'a run still waits for its search; trying again',
        );
      }
    }
    return runs.length === BATCH;
  }
}
