import { resolve } from 'node:path';
import { Command } from 'commander';
import { checkIntegration, formatReport, loadIntegration } from '@noema/integration';
import type { CommandContext } from './command-context.js';
import { positiveInteger } from './datasets.command.js';
import { action } from './runner.js';

export function integrationCommand(): Command {
  const integration = new Command('integration').description('what turns raw data into samples');
  integration.command('check <module>').description('run every handler on some samples of each split and report shape, type, time and faults; needs no platform')
    .option('--samples <number>', 'samples of each split', positiveInteger, 16)
    .action(action(async ({ terminal }: CommandContext, module: string, { samples }: { samples: number }) => {
      const report = await checkIntegration(await loadIntegration(resolve(module)), { samples });
      terminal.document(report);
      terminal.line(formatReport(report));
      if (!report.passed) process.exitCode = 1;
    }));
  return integration;
}
