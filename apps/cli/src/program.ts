import { NOEMA_VERSION } from '@noema/kernel';
import { Command } from 'commander';
import { analyzeCommand } from './commands/analyze.command.js';
import { artifactsCommand } from './commands/artifacts.command.js';
import { backupCommand, restoreCommand } from './commands/backup.command.js';
import { compareCommand } from './commands/compare.command.js';
import { completionCommand } from './commands/completion.command.js';
import { datasetsCommand } from './commands/datasets.command.js';
import { demoCommand } from './commands/demo.command.js';
import { doctorCommand } from './commands/doctor.command.js';
import { downCommand } from './commands/down.command.js';
import { explorationsCommand } from './commands/explorations.command.js';
import { exportCommand } from './commands/export.command.js';
import { insightsCommand } from './commands/insights.command.js';
import { integrationCommand } from './commands/integration.command.js';
import { issuesCommand } from './commands/issues.command.js';
import { jobsCommand } from './commands/jobs.command.js';
import { mcpCommand } from './commands/mcp.command.js';
import { methodsCommand } from './commands/methods.command.js';
import { modelsCommand } from './commands/models.command.js';
import { projectsCommand } from './commands/projects.command.js';
import { runsCommand } from './commands/runs.command.js';
import { samplesCommand } from './commands/samples.command.js';
import { slicesCommand } from './commands/slices.command.js';
import { similarCommand } from './commands/similar.command.js';
import { statusCommand } from './commands/status.command.js';
import { suitesCommand } from './commands/suites.command.js';
import { testCommand } from './commands/test.command.js';
import { upCommand } from './commands/up.command.js';
import { verifyCommand } from './commands/verify.command.js';

export interface ProgramDefaults {
  readonly dataDir: string | undefined;
  readonly url: string | undefined;
  readonly key: string | undefined;
  readonly project: string | undefined;
}

/** The whole command line; `defaults` come from the environment. */
export function createProgram(defaults: ProgramDefaults): Command {
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
  const commands = [
    demoCommand(),
    upCommand(),
    downCommand(),
    statusCommand(),
    backupCommand(),
    restoreCommand(),
    verifyCommand(),
    doctorCommand(),
    projectsCommand(),
    integrationCommand(),
    datasetsCommand(),
    methodsCommand(),
    modelsCommand(),
    runsCommand(),
    explorationsCommand(),
    samplesCommand(),
    slicesCommand(),
    analyzeCommand(),
    similarCommand(),
    exportCommand(),
    insightsCommand(),
    testCommand(),
    suitesCommand(),
    issuesCommand(),
    compareCommand(),
    mcpCommand(),
    artifactsCommand(),
    jobsCommand(),
  ];
  for (const command of [...commands, completionCommand(program)]) program.addCommand(command);
  return program;
}
