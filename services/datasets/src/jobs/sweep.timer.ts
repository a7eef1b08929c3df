import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@noema/observability';

const HOUR_MS = 3_600_000;

/** Sweeps the store once an hour as long as the worker lives. */
export class SweepTimer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly sweep: (signal: AbortSignal) => Promise<{ readonly objects: number; readonly abandoned: number }>, private readonly logger: Logger, private readonly everyMs = HOUR_MS) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => { void this.once(); }, this.everyMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  private async once(): Promise<void> {
    try {
      const swept = await this.sweep(this.stopping.signal);
      if (swept.objects + swept.abandoned > 0) this.logger.info(swept, 'removed artifacts that nothing names');
    } catch (error) {
      this.logger.warn({ err: error }, 'the store could not be swept; trying again in an hour');
    }
  }
}
