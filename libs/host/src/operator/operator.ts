import { parseArgs } from 'node:util';
import { type Environment, loadConfig } from '@noema/config';
import { asDomainError, DomainError, Registry } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import * as z from 'zod';
import { Host } from '../host.js';
import type { ServiceDefinition } from '../service-definition.js';
import { databaseSettings, processSettings, storeSettings } from '../settings.js';
import { listDeadLetters, replayDeadLetters } from './dead-letters.commands.js';
import type { ServiceCommand } from './service-command.js';
import { verifyArtifacts } from './verify-artifacts.command.js';

/** Operator commands of every service. */
export const SERVICE_COMMANDS: readonly ServiceCommand[] = [
  verifyArtifacts,
  listDeadLetters,
  replayDeadLetters,
];

/** Exit codes: 1 for a negative finding, the others of sysexits.h. */
const EXIT = { ok: 0, found: 1, usage: 64, failed: 70, config: 78 } as const;

export interface OperatorOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const plain = z.object({ ...processSettings.shape, ...databaseSettings.shape });
const withStore = plain.extend(storeSettings.shape);

type Operated = Pick<ServiceDefinition, 'name' | 'artifacts'>;

/**
 * The main function of a service's operate.ts: runs a command with the settings of the service and prints the
 * result as JSON.
 */
export async function runOperator(
  service: Operated,
  args: readonly string[],
  env: Environment,
): Promise<void> {
  const { code, stdout, stderr } = await operateService(service, args, env);
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

/** Runs one operator command in this process and returns the output. */
export async function operateService(
  service: Operated,
  args: readonly string[],
  env: Environment,
): Promise<OperatorOutcome> {
  const [name = '', ...rest] = args;
  const command = new Registry('command', SERVICE_COMMANDS).find(name);
  if (command === undefined) {
    const asked = ['help', '--help', '-h'].includes(name);
    return asked
      ? { code: EXIT.ok, stdout: usage, stderr: '' }
      : {
          code: EXIT.usage,
          stdout: '',
          stderr: name === '' ? usage : `there is no command "${name}"\n\n${usage}`,
        };
  }
  try {
    const { result, sound } = await run(service, command, { given: parseOptions(command, rest), env });
    return { code: sound ? EXIT.ok : EXIT.found, stdout: `${JSON.stringify(result, null, 2)}\n`, stderr: '' };
  } catch (error) {
    const { reason, message } = asDomainError(error);
    const code = reason === 'CONFIG_INVALID' ? EXIT.config : reason === 'USAGE' ? EXIT.usage : EXIT.failed;
    return {
      code,
      stdout: '',
      stderr:
        error instanceof DomainError
          ? `${reason}: ${message}\n`
          : `${error instanceof Error ? (error.stack ?? message) : message}\n`,
    };
  }
}

async function run(
  { name, artifacts }: Operated,
  command: ServiceCommand,
  { given, env }: { readonly given: Readonly<Record<string, string | undefined>>; readonly env: Environment },
): ReturnType<ServiceCommand['run']> {
  const config = artifacts === undefined ? loadConfig(plain, env) : loadConfig(withStore, env);
  const host = new Host(name, 'operator', config, silentLogger);
  try {
    return await command.run({ host, artifacts }, given);
  } finally {
    await host.close();
  }
}

function parseOptions(
  command: ServiceCommand,
  args: readonly string[],
): Readonly<Record<string, string | undefined>> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(
        Object.keys(command.options).map((name) => [name, { type: 'string' as const }]),
      ),
    });
    const missing = Object.entries(command.options).flatMap(([name, { required }]) =>
      required === true && values[name] === undefined ? [`--${name}`] : [],
    );
    if (missing.length > 0) throw new Error(`${command.key} needs ${missing.join(', ')}`);
    return values;
  } catch (error) {
    throw new DomainError('invalid', 'USAGE', `${(error as Error).message}\n\n${usage}`);
  }
}

const usage = [
  'usage: operate <command> [options], with the settings of the service in the environment',
  ...SERVICE_COMMANDS.flatMap((c) => [
    '',
    `  ${c.key}: ${c.doc}`,
    ...Object.entries(c.options).map(
      ([name, o]) => `    --${name} ${o.value}  ${o.required === true ? '(required) ' : ''}${o.doc}`,
    ),
  ]),
  '',
].join('\n');
