import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TOOLS = new URL('../../../.tools/', import.meta.url);

/** Path of a program that `make charts` or `make kube` put into .tools; undefined where it is not. */
export function toolPath(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, TOOLS));
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

/** Whether Helm is here, for `describe.skipIf`; says what to do when it is not. */
export function hasHelm(): boolean {
  const found = toolPath('helm') !== undefined;
  if (!found)
    process.stderr.write(
      'no helm in .tools: the tests of the charts that render them are skipped; `tools/helm.sh` fetches it\n',
    );
  return found;
}

/** Runs Helm with a home of its own and returns what it printed; throws with what it complained about. */
export async function helm(
  args: readonly string[],
  options: { readonly cwd?: string; readonly home: string; readonly kubeconfig?: string },
): Promise<string> {
  const env = {
    HOME: options.home,
    HELM_CACHE_HOME: `${options.home}/cache`,
    HELM_CONFIG_HOME: `${options.home}/config`,
    HELM_DATA_HOME: `${options.home}/data`,
    KUBECONFIG: options.kubeconfig ?? '/dev/null',
    PATH: '/usr/bin:/bin',
  };
  const { stdout } = await run(toolPath('helm') ?? 'helm', args, {
    env,
    maxBuffer: 64 * 2 ** 20,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  });
  return stdout;
}
