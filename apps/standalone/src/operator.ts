import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DomainError, deriveUuid } from '@noema/kernel';
import { writeJson } from './data-directory.js';
import { entryPoint } from './service-catalog.js';

interface Made {
  readonly admin?: { readonly id: string };
  readonly adminApiKey?: string;
}

/**
 * Runs one operator's command of the workspace service in a process of its own, as `kubectl exec` would, and
 * returns what it prints. Throws `internal` OPERATOR_FAILED with its words.
 */
async function operate<T>(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<T> {
  try {
    return JSON.parse(
      (
        await promisify(execFile)(process.execPath, [entryPoint('workspace', 'operate'), ...args], {
          env: { ...env },
        })
      ).stdout,
    ) as T;
  } catch (error) {
    throw new DomainError(
      'internal',
      'OPERATOR_FAILED',
      `the operator's command ${args[0]} failed: ${(error as { stderr?: string }).stderr ?? String(error)}`,
      { cause: error },
    );
  }
}

/**
 * Makes a team as an operator does and keeps its admin's API key in a file; a team that exists gets a new
 * key, for the file is missing.
 */
export async function makeTeam(
  name: string,
  env: Readonly<Record<string, string>>,
  credentials: string,
): Promise<void> {
  const teamId = deriveUuid('noema', 'team', name);
  const { admin, adminApiKey } = await operate<Made>(env, 'create-team', '--name', name, '--id', teamId);
  const made =
    adminApiKey !== undefined && adminApiKey !== ''
      ? { memberId: admin?.id, apiKey: adminApiKey }
      : await anotherKey(env, teamId);
  await writeJson(credentials, { team_id: teamId, member_id: made.memberId, api_key: made.apiKey });
}

async function anotherKey(
  env: Readonly<Record<string, string>>,
  team: string,
): Promise<{ readonly memberId: string; readonly apiKey: string }> {
  const { apiKey, secret } = await operate<{ apiKey: { memberId: string }; secret: string }>(
    env,
    'create-api-key',
    '--team',
    team,
    '--name',
    'cluster',
  );
  return { memberId: apiKey.memberId, apiKey: secret };
}
