import { Command } from 'commander';
import { startPlatformProcess } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';

export interface PlatformFlags {
  readonly port: string;
  readonly processes?: boolean;
}

/** The options of every command that may start a platform. */
export const withPlatformFlags = (command: Command): Command =>
  command.option('--port <number>', 'port of the gateway on 127.0.0.1; 0 for any free one', '7070').option('--processes', 'give every service a process of its own');

export function upCommand(): Command {
  return withPlatformFlags(new Command('up')).description('start the platform of the data directory in the background')
    .action(action(async (context: CommandContext, { port, processes }: PlatformFlags) => {
      const { terminal, directory } = context;
      const platform = await startPlatformProcess({ dataDir: directory.path, port: Number(port), processes: processes === true });
      platform.detach();
      const signIn = await context.signInLink(platform.url);
      terminal.document({ url: platform.url, sign_in_url: signIn, pid: platform.pid, data_dir: directory.path });
      terminal.line(`Noema serves ${terminal.color.bold(platform.url)} from ${directory.path}`);
      if (signIn !== undefined) terminal.line(`open the page, signed in: ${signIn}`);
      terminal.line(terminal.color.dim('stop it with "noema down"'));
    }));
}
