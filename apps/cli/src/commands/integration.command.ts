import { resolve } from 'node:path';
import { Command } from 'commander';
import { IntegrationSchema } from '@noema/contracts/noema/datasets/v1/integration';
import { checkIntegration, formatReport, loadIntegration } from '@noema/integration';
import { packFolder } from './bundle.packer.js';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { printOne } from './resource-output.js';
import { action } from './runner.js';

export function integrationCommand(): Command {
  const integration = new Command('integration').description('code that turns raw data into samples');
  integration
    .command('check <module>')
    .description(
      'run every handler on some samples of each split and report shape, type, time and faults; needs ' +
        'no platform',
    )
    .option(
      '--samples <number>',
      'samples per split, or "all"',
      (text) => (text === 'all' ? Infinity : positiveInteger(text)),
      16,
    )
    .action(
      action(async ({ terminal }: CommandContext, module: string, { samples }: { samples: number }) => {
        const report = await checkIntegration(await loadIntegration(resolve(module)), { samples });
        terminal.document(report);
        terminal.line(formatReport(report));
        if (!report.passed) process.exitCode = 1;
      }),
    );
  integration
    .command('upload <path>')
    .description(
      'upload a module, or a folder with its package.json and node_modules, and register it; it runs in ' +
        "the platform's sandbox",
    )
    .option('--name <name>', 'display name')
    .action(
      action(async (context: CommandContext, path: string, { name = '' }: { name?: string }) => {
        const content = await packFolder(resolve(path));
        const noema = await context.connect();
        const projectId = await context.projectId(noema);
        const { bundle } = await noema.integrations.uploadBundle({ projectId, content });
        const { integration: made } = await noema.integrations.createIntegration({
          projectId,
          displayName: name,
          source: { source: { case: 'bundle', value: bundle! } },
        });
        printOne(context.terminal, IntegrationSchema, made!, {
          id: made!.id,
          name: made!.displayName,
          bundle: bundle!.uri,
          digest: made!.digest,
        });
      }),
    );
  return integration;
}
