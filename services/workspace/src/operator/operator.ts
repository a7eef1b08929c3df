import { type Environment, loadConfig } from '@noema/config';
import { NestFactory } from '@nestjs/core';
import { Host, operateService, SERVICE_COMMANDS } from '@noema/host';
import { asDomainError, DomainError, type ErrorKind, Registry } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import type { JsonValue } from '@bufbuild/protobuf';
import { operatorSettings } from '../config.js';
import { createApiKey, revokeApiKey } from './api-key.commands.js';
import { exportAudit } from './audit.command.js';
import type { OperatorCommand } from './operator-command.js';
import { OperatorModule } from './operator.module.js';
import { rotateSecretsKey } from './secrets-key.command.js';
import { createTeam, deleteTeam, listTeams, setQuota } from './team.commands.js';
import { readOptions, UsageError, formatUsage } from './usage.js';

const COMMANDS: readonly OperatorCommand[] = [
  createTeam,
  listTeams,
  setQuota,
  deleteTeam,
  exportAudit,
  createApiKey,
  revokeApiKey,
  rotateSecretsKey,
];

/** Exit codes of sysexits.h. */
const [OK, USAGE, DATA, UNAVAILABLE, SOFTWARE, TEMPORARY, PERMISSION, CONFIG] = [
  0, 64, 65, 69, 70, 75, 77, 78,
];

const CODES: Readonly<Record<ErrorKind, number>> = {
  invalid: DATA,
  'not-found': DATA,
  exists: DATA,
  precondition: DATA,
  'data-loss': DATA,
  conflict: TEMPORARY,
  exhausted: TEMPORARY,
  timeout: TEMPORARY,
  unauthenticated: PERMISSION,
  forbidden: PERMISSION,
  unavailable: UNAVAILABLE,
  unsupported: USAGE,
  cancelled: SOFTWARE,
  internal: SOFTWARE,
};

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command of an operator and returns what to print: JSON on stdout, or why not on stderr. */
export async function operate(args: readonly string[], env: Environment): Promise<Outcome> {
  try {
    const [name = '', ...rest] = args;
    if (SERVICE_COMMANDS.some(({ key }) => key === name))
      return await operateService({ name: 'workspace' }, args, env);
    if (['', 'help', '--help', '-h'].includes(name))
      return name === ''
        ? { code: USAGE, stdout: '', stderr: `${formatUsage(COMMANDS)}\n` }
        : { code: OK, stdout: `${formatUsage(COMMANDS)}\n`, stderr: '' };
    const command = new Registry('command', COMMANDS).find(name);
    if (command === undefined)
      throw new UsageError(`there is no command "${name}"\n\n${formatUsage(COMMANDS)}`);
    return {
      code: OK,
      stdout: `${JSON.stringify(await run(command, readOptions(command, rest), env), null, 2)}\n`,
      stderr: '',
    };
  } catch (error) {
    return { ...failure(error), stdout: '' };
  }
}

async function run(
  command: OperatorCommand,
  given: Readonly<Record<string, string>>,
  env: Environment,
): Promise<JsonValue> {
  const config = loadConfig(operatorSettings, env);
  const host = new Host('workspace', 'operator', config, silentLogger);
  try {
    const services = await NestFactory.createApplicationContext(OperatorModule.register(host), {
      logger: false,
      abortOnError: false,
    });
    return await command.run(services, given);
  } finally {
    await host.close();
  }
}

function failure(error: unknown): { readonly code: number; readonly stderr: string } {
  if (error instanceof UsageError) return { code: USAGE, stderr: `${error.message}\n` };
  const { kind, reason, message } = asDomainError(error);
  const code = reason === 'CONFIG_INVALID' ? CONFIG : CODES[kind];
  return {
    code,
    stderr:
      error instanceof DomainError
        ? `${reason}: ${message}\n`
        : `${error instanceof Error ? (error.stack ?? message) : message}\n`,
  };
}
