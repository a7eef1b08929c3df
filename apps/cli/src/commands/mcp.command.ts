import { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';

/** Largest population that a tool reads as a whole; the memory is that of this process. */
const MAX_ROWS = 1_000_000;

interface McpOptions {
  readonly allowWrites?: boolean;
}

export function mcpCommand(): Command {
  return new Command('mcp')
    .description('serve the platform to an agent, by the Model Context Protocol on standard input and output')
    .option('--allow-writes', 'let tools start analyses and store drafts; without it they only read')
    .addHelpText('after', '\nClients start the command themselves; docs/agents.md shows how to set them up.')
    .action(action(serve));
}

async function serve(context: CommandContext, { allowWrites = false }: McpOptions): Promise<void> {
  const [{ createAgentServer, EvaluationCache }, { serveStdio }, noema] = await Promise.all([
    import('@noema/agents'),
    import('@modelcontextprotocol/server/stdio'),
    context.connect(),
  ]);
  const closed = new Promise<void>((resolve) => {
    process.stdin.once('close', resolve).once('end', resolve);
    context.signal.addEventListener('abort', () => {
      resolve();
    });
  });
  const report = (error: unknown): void => {
    context.terminal.error(error);
  };
  // The process has one caller.
  const cache = new EvaluationCache().forTeam('');
  const server = serveStdio(
    () =>
      createAgentServer({
        connect: noema.client,
        project: context.options.project,
        allowWrites,
        maxRows: MAX_ROWS,
        cache,
        onError: report,
      }),
    { onerror: report },
  );
  await closed;
  await server.close();
}
