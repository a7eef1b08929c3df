import { extname, resolve } from 'node:path';
import { Command } from 'commander';
import { IntegrationSchema } from '@noema/contracts/noema/datasets/v1/integration';
import { checkIntegration, formatReport, type IntegrationReport, loadIntegration } from '@noema/integration';
import { checkModule } from '@noema/standalone';
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
      action(async (context: CommandContext, module: string, { samples }: { samples: number }) => {
        const report = await check(context, resolve(module), samples);
        const { terminal } = context;
        terminal.document(report);
        terminal.line(formatReport(report));
        if (!report.passed) process.exitCode = 1;
      }),
    );
  integration
    .command('upload <path>')
    .description(
      'upload a module (.mjs, .js or .py), or a folder with its files and packages, and register it; it ' +
        "runs in the platform's sandbox",
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

/** Modules in JavaScript are checked in this process, others by a process of their runtime. */
function check({ signal }: CommandContext, path: string, samples: number): Promise<IntegrationReport> {
  if (['.yaml', '.yml'].includes(extname(path)))
    return import('@noema/readers')
      .then(({ loadManifest }) => loadManifest(path))
      .then((integration) => checkIntegration(integration, { samples }));
  if (extname(path) !== '.py')
    return loadIntegration(path).then((integration) => checkIntegration(integration, { samples }));
  const python = process.env['NOEMA_PYTHON'];
  return checkModule(path, {
    samples,
    signal,
    interpreters: python === undefined ? {} : { python },
  });
}
