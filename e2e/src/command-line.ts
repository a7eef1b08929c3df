import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../apps/cli/dist/src/main.js', import.meta.url));

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs; `result` resolves when it has ended. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly result: Promise<CommandResult>;
}

/** Starts the command line as a person does, without a terminal. */
export const startNoema = (dataDir: string, ...args: readonly string[]): RunningCommand =>
  startNoemaWith({}, dataDir, ...args);

/** Like `startNoema`, with other variables in the environment. */
export function startNoemaWith(
  env: Readonly<Record<string, string>>,
  dataDir: string,
  ...args: readonly string[]
): RunningCommand {
  const child = spawn(process.execPath, [MAIN, '--data-dir', dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return {
    child,
    result: once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr })),
  };
}

export const noema = (dataDir: string, ...args: readonly string[]): Promise<CommandResult> =>
  startNoema(dataDir, ...args).result;

/** Runs a command that has to succeed and returns its JSON. */
export async function noemaJson<T>(dataDir: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await noema(dataDir, '--json', ...args);
  if (code !== 0) throw new Error(`noema ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
