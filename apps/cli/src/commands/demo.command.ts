import { once } from 'node:events';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { training } from '@noema/example-mnist';
import { DomainError } from '@noema/kernel';
import type { PlatformProcess } from '@noema/standalone';
import { DemoReporter } from '../demo/demo-reporter.js';
import { Stopwatch } from '../demo/stopwatch.js';
import type { WalkContext } from '../demo/walk-context.js';
import type { Noema } from '../noema.js';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { action } from './runner.js';
import { type PlatformFlags, startPlatform, withPlatformFlags } from './up.command.js';

const PROJECT = 'digits';

export function demoCommand(): Command {
  return withPlatformFlags(new Command('demo'))
    .description('walk from 10,000 handwritten digits to explained mistakes, on a local platform')
    .option('--exit', 'exit after the walk, even on a terminal')
    .option(
      '--epochs <number>',
      'number of epochs to train, each with a map of all digits',
      positiveInteger,
      training.epochs,
    )
    .action(
      action(
        async (
          command: CommandContext,
          flags: PlatformFlags & { readonly exit?: boolean; readonly epochs: number },
        ) => {
          const { terminal, directory } = command;
          const [stopwatch, narrator] = [new Stopwatch(), new DemoReporter(terminal)];
          requireThisMachine(command);
          narrator.chapter(
            'The platform',
            'PostgreSQL, eight services and their workers, all on this machine.',
          );
          const starting = stopwatch.measure('platform', () => ensurePlatform(command, flags));
          const [platform, { printMetrics, walk }] = await Promise.all([starting, import('../demo/walk.js')]);
          try {
            const noema = await command.connect();
            narrator.say(`serving ${noema.url} from ${relative(process.cwd(), directory.path) || '.'}`);
            const context: WalkContext = {
              command,
              noema,
              narrator,
              stopwatch,
              projectId: await ensureProject(noema),
              epochs: flags.epochs,
            };
            const walked = await walk(context, join(directory.path, 'demo'));
            printMetrics(context, walked);
            terminal.document(walked.result);
            const missed = walked.shown.filter((s) => !s.met && s.machine !== true);
            if (missed.length > 0)
              throw new DomainError(
                'internal',
                'WALK_FELL_SHORT',
                `${missed.length} of ${walked.shown.length} figures fell short: ` +
                  `${missed.map((s) => `${s.what} ${s.measured} (at least ${s.atLeast})`).join('; ')}`,
              );
            if (platform !== undefined && flags.exit !== true) {
              if (process.stdout.isTTY) await serve(command, noema);
              else printHowToGoOn(command);
            }
          } finally {
            await platform?.stop();
          }
        },
      ),
    );
}

/** The walk reads its digits from this installation. Throws `unsupported` DEMO_ELSEWHERE. */
function requireThisMachine({ options: { url } }: CommandContext): void {
  if (url === undefined) return;
  throw new DomainError(
    'unsupported',
    'DEMO_ELSEWHERE',
    `the demo walks on a platform of this machine, not on ${url}; leave --url and NOEMA_URL out`,
  );
}

/** Starts the platform unless one runs on the directory already; that one is used and left running. */
async function ensurePlatform(
  command: CommandContext,
  flags: PlatformFlags,
): Promise<PlatformProcess | undefined> {
  if ((await command.platform())?.state === 'ready') return undefined;
  return startPlatform(command, flags);
}

async function ensureProject(noema: Noema): Promise<string> {
  const { projects } = await noema.projects.listProjects({ pageSize: 1000 });
  return (
    projects.find((p) => p.displayName === PROJECT) ??
    (
      await noema.projects.createProject({
        displayName: PROJECT,
        description: 'the walk on handwritten digits',
      })
    ).project!
  ).id;
}

/** Without a terminal no user can press Ctrl-C, so the platform ends with the walk. */
function printHowToGoOn({ terminal, directory }: CommandContext): void {
  const where = relative(process.cwd(), directory.path) || '.';
  terminal.line();
  terminal.line(`No terminal here, so the platform ends now; its data stay in ${where}.`);
  terminal.line(
    `To look at them: \`noema up --data-dir ${where}\` serves them and prints a link to the page.`,
  );
}

async function serve(command: CommandContext, { url }: Noema): Promise<void> {
  const { terminal, signal } = command;
  const signIn = await command.signInLink(url);
  terminal.line();
  if (signIn !== undefined) terminal.line(`See the population: ${terminal.color.bold(signIn)}`);
  terminal.line(
    `Noema goes on serving ${terminal.color.bold(url)} (REST, OpenAPI at ${url}/openapi.json); press ` +
      'Ctrl-C to end.',
  );
  if (!signal.aborted) await once(signal, 'abort');
}
