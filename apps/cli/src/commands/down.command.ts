import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { DomainError } from '@noema/kernel';
import { findLockHolder, isHolderAlive } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

const DEADLINE_MS = 40_000;

export function downCommand(): Command {
  return withClusterFlag(new Command('down'))
    .description('stop the platform of the data directory')
    .action(
      action(async ({ terminal, directory }: CommandContext) => {
        const holder = await findLockHolder(directory.path);
        if (holder === undefined) {
          terminal.document({ stopped: false });
          terminal.line(`nothing runs on ${directory.path}`);
          return;
        }
        const { pid } = holder;
        process.kill(pid, 'SIGTERM');
        const end = performance.now() + DEADLINE_MS;
        while (await isHolderAlive(holder)) {
          if (performance.now() > end)
            throw new DomainError(
              'timeout',
              'STILL_RUNNING',
              `process ${pid} still runs ${DEADLINE_MS / 1000} s after it was asked to stop; kill it if ` +
                'you must: what was answered with success is kept',
            );
          await delay(100);
        }
        terminal.document({ stopped: true, pid });
        terminal.line('stopped');
      }),
    );
}
