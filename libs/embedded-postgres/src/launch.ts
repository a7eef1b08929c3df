import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { DomainError } from '@noema/kernel';
import { isReachable, serverAccount } from './account.js';

/**
 * Starts a PostgreSQL program under an account that it accepts. Where util-linux' `setpriv` exists the
 * program also gets SIGINT when we die, so that not even a SIGKILL of ours leaves a server behind, and may
 * pass through folders that only root may enter (a clone under /root).
 */
export async function launch(
  program: string,
  args: readonly string[],
  paths: readonly string[],
  input: 'ignore' | number = 'ignore',
): Promise<ChildProcess> {
  const account = await serverAccount();
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const stdio: ['ignore' | number, 'pipe', 'pipe'] = [input, 'pipe', 'pipe'];
  const reachable = account === undefined || (await isReachable([program, ...paths]));
  if (await hasSetpriv()) {
    const identity =
      account === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
    const passage = reachable ? [] : ['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'];
    return spawn('setpriv', [...identity, ...passage, '--pdeathsig=INT', program, ...args], { env, stdio });
  }
  if (!reachable) {
    throw new DomainError(
      'precondition',
      'POSTGRES_UNREACHABLE',
      `PostgreSQL runs as "postgres" and may not enter a folder above ${program} or ` +
        `${paths.join(', ')}; move Noema to a folder that others may enter, or start it as another user`,
    );
  }
  return spawn(program, args, { ...account, env, stdio });
}

let setpriv: Promise<boolean> | undefined;

function hasSetpriv(): Promise<boolean> {
  setpriv ??= promisify(execFile)('setpriv', ['--help']).then(
    ({ stdout }) => stdout.includes('--pdeathsig'),
    () => false,
  );
  return setpriv;
}
