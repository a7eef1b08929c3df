import { NOEMA_VERSION } from '@noema/kernel';
import { Command } from 'commander';

export interface ProgramDefaults {
  readonly dataDir: string | undefined;
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

/** Commands in the order of the help. Each is loaded when it is used: all of them take longer than one to start. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  demo: async () => (await import('./commands/demo.command.js')).demoCommand(),
  up: async () => (await import('./commands/up.command.js')).upCommand(),
  down: async () => (await import('./commands/down.command.js')).downCommand(),
  status: async () => (await import('./commands/status.command.js')).statusCommand(),
  backup: async () => (await import('./commands/backup.command.js')).backupCommand(),
  restore: async () => (await import('./commands/backup.command.js')).restoreCommand(),
  verify: async () => (await import('./commands/verify.command.js')).verifyCommand(),
  doctor: async () => (await import('./commands/doctor.command.js')).doctorCommand(),
  projects: async () => (await import('./commands/projects.command.js')).projectsCommand(),
  integration: async () => (await import('./commands/integration.command.js')).integrationCommand(),
  datasets: async () => (await import('./commands/datasets.command.js')).datasetsCommand(),
  methods: async () => (await import('./commands/methods.command.js')).methodsCommand(),
  models: async () => (await import('./commands/models.command.js')).modelsCommand(),
  runs: async () => (await import('./commands/runs.command.js')).runsCommand(),
  explorations: async () => (await import('./commands/explorations.command.js')).explorationsCommand(),
  samples: async () => (await import('./commands/samples.command.js')).samplesCommand(),
  slices: async () => (await import('./commands/slices.command.js')).slicesCommand(),
  analyze: async () => (await import('./commands/analyze.command.js')).analyzeCommand(),
  similar: async () => (await import('./commands/similar.command.js')).similarCommand(),
  export: async () => (await import('./commands/export.command.js')).exportCommand(),
  insights: async () => (await import('./commands/insights.command.js')).insightsCommand(),
  test: async () => (await import('./commands/test.command.js')).testCommand(),
  suites: async () => (await import('./commands/suites.command.js')).suitesCommand(),
  issues: async () => (await import('./commands/issues.command.js')).issuesCommand(),
  compare: async () => (await import('./commands/compare.command.js')).compareCommand(),
  mcp: async () => (await import('./commands/mcp.command.js')).mcpCommand(),
  artifacts: async () => (await import('./commands/artifacts.command.js')).artifactsCommand(),
  jobs: async () => (await import('./commands/jobs.command.js')).jobsCommand(),
};

/**
 * The command line with the command that `args` name, or with all where they name none, such as for the help.
 * `defaults` come from the environment.
 */
export async function createProgram(defaults: ProgramDefaults, args: readonly string[]): Promise<Command> {
  const program = new Command('noema')
    .description('shows how a neural network perceives your data')
    .version(NOEMA_VERSION)
    .option(
      '--data-dir <path>',
      'directory of the platform on this machine (NOEMA_DATA_DIR; default: .noema)',
      defaults.dataDir,
    )
    .option('--url <url>', 'gateway of another platform (NOEMA_URL)', defaults.url)
    .option('--key <key>', 'API key (NOEMA_API_KEY)', defaults.key)
    .option(
      '--project <name>',
      'project (NOEMA_PROJECT; default: the only project, or "default")',
      defaults.project,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 not signed in or not allowed, 5 not ' +
        'reachable, 6 in conflict, 130 interrupted',
    );
  const [name = ''] = program.parseOptions([...args]).operands;
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return program.addCommand(await load());
  for (const command of await Promise.all(Object.values(COMMANDS).map((each) => each())))
    program.addCommand(command);
  return program.addCommand((await import('./commands/completion.command.js')).completionCommand(program));
}
