import { Command } from 'commander';
import { DomainError } from '@noema/kernel';
import type { ProcessReport } from '@noema/standalone';
import { formatTable } from '../terminal/table.js';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function statusCommand(): Command {
  return withClusterFlag(new Command('status'))
    .description('show what is running on the data directory')
    .action(
      action(async (context: CommandContext) => {
        const { terminal, directory } = context;
        const platform = await context.platform();
        if (platform === undefined)
          throw new DomainError(
            'unavailable',
            'NOT_RUNNING',
            `no platform runs on ${directory.path}; start one with "noema up"`,
          );
        terminal.document(platform);
        terminal.line(
          `${terminal.color.bold(platform.url)} is ${platform.state} since ` +
            `${platform.startTime.slice(0, 19).replace('T', ' ')} (process ${platform.pid}, PostgreSQL ` +
            `${platform.postgres.pid})`,
        );
        for (const line of formatTable(
          [...platform.servers, ...platform.services, ...platform.workers],
          COLUMNS,
        ))
          terminal.line(line);
        terminal.line(
          `gRPC for everybody: ${terminal.color.bold(platform.grpcAddress)} (plaintext, the API key as ` +
            'bearer token; docs/grpc.md)',
        );
        const signIn = await context.signInLink(platform.url);
        if (signIn !== undefined) terminal.note(`open the page, signed in: ${signIn}`);
        terminal.note(`logs in ${platform.logs}`);
      }),
    );
}

const COLUMNS = [
  { heading: 'NAME', value: (p: ProcessReport) => p.name },
  { heading: 'STATE', value: (p: ProcessReport) => p.state },
  { heading: 'PID', value: (p: ProcessReport) => p.pid, align: 'right' as const },
  { heading: 'RESTARTS', value: (p: ProcessReport) => p.restarts, align: 'right' as const },
  {
    heading: 'ADDRESS',
    value: (p: ProcessReport) => (p.name === 'gateway' ? `http://${p.address}` : p.address),
  },
];
