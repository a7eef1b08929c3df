import { extname, resolve } from 'node:path';
import { Command } from 'commander';
import { IntegrationSchema } from '@noema/contracts/noema/datasets/v1/integration';
import { checkIntegration, formatReport, type IntegrationReport, loadIntegration } from '@noema/integration';
import { checkModule } from '@noema/standalone';
import type { CommandContext } from './command-context.js';
import { localEnvironment } from './environment.cache.js';
import type { SentEnvironment } from './environment.upload.js';
import { positiveInteger } from './datasets.command.js';
import { readRequirements } from './python.requirements.js';
import { registerSent } from './register-path.js';
import { lockRequirements, type LockOptions } from './requirements.lock.js';
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
      'upload a module (.mjs, .js or .py), a folder with its files and packages, or a manifest (noema.yaml) with its ' +
        "data, and register it; it runs in the platform's sandbox",
    )
    .option('--name <name>', 'display name')
    .action(
      action(async (context: CommandContext, path: string, { name = '' }: { name?: string }) => {
        const noema = await context.connect();
        const projectId = await context.projectId(noema);
        const { integration: made, environment } = await registerSent(
          context,
          noema,
          projectId,
          resolve(path),
          name,
        );
        const { source } = made.source!;
        printOne(context.terminal, IntegrationSchema, made, {
          id: made.id,
          name: made.displayName,
          ...(source.case === 'bundle' && { bundle: source.value.uri }),
          digest: made.digest,
          ...formatEnvironment(environment),
        });
      }),
    );
  integration
    .command('lock <path>')
    .description(
      'write the requirements.txt of a module in Python, or of a folder: exact versions, with hashes, of what its ' +
        "requirements.in or requirements.txt names and of all that this needs, for the platform's Python",
    )
    .option('--local', 'for the Python of this machine, without a platform')
    .option('--python <version>', 'for this version, such as 3.12, on --platform')
    .option('--platform <tag>', 'platform of --python, such as manylinux_2_28_x86_64')
    .action(
      action(async (context: CommandContext, path: string, options: LockOptions) => {
        const { path: file, packages, python } = await lockRequirements(context, resolve(path), options);
        const { terminal } = context;
        terminal.document({ path: file, packages, python: python.version });
        terminal.line(`${file}: ${packages.length} packages for Python ${python.version}`);
        for (const line of packages) terminal.line(`  ${line}`);
      }),
    );
  return integration;
}

/** Lines about the packages of an environment; none without one. */
function formatEnvironment({ wheels, wheelBytes, sentBytes }: SentEnvironment): Record<string, string> {
  if (wheels.length === 0) return {};
  const names = wheels.map(({ fileName }) => fileName!.split('-').slice(0, 2).join(' '));
  return {
    packages: names.join(', '),
    sent: `${sentBytes} of ${wheelBytes} bytes`,
  };
}

/** Modules in JavaScript are checked in this process, others by a process of their runtime. */
async function check(context: CommandContext, path: string, samples: number): Promise<IntegrationReport> {
  if (['.yaml', '.yml'].includes(extname(path))) {
    const { loadManifest } = await import('@noema/readers');
    return checkIntegration(await loadManifest(path), { samples });
  }
  if (extname(path) !== '.py') return checkIntegration(await loadIntegration(path), { samples });
  const requirements = await readRequirements(path);
  const packages = requirements && (await localEnvironment(context, requirements));
  const python = process.env['NOEMA_PYTHON'];
  return checkModule(path, {
    samples,
    signal: context.signal,
    ...(packages !== undefined && { packages }),
    interpreters: python === undefined ? {} : { python },
  });
}
