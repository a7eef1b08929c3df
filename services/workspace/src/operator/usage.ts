import { parseArgs } from 'node:util';
import type { OperatorCommand } from './operator-command.js';

/** The command line was not understood; the text says how it is written. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** How all commands are written. */
export const formatUsage = (commands: readonly OperatorCommand[]): string =>
  [
    'usage: operate <command> [options], with the settings of the workspace service in the environment',
    ...commands.flatMap((c) => [
      '',
      `  ${c.key}: ${c.doc}`,
      ...Object.entries(c.options).map(
        ([name, o]) => `    --${name} ${o.value}  ${o.required === true ? '(required) ' : ''}${o.doc}`,
      ),
    ]),
  ].join('\n');

/** The options given to a command. Throws UsageError for one that is missing or not known. */
export function readOptions(command: OperatorCommand, args: readonly string[]): Record<string, string> {
  const names = Object.keys(command.options);
  const given = parsed(names, args);
  const missing = names.filter(
    (name) => command.options[name]!.required === true && given[name] === undefined,
  );
  if (missing.length > 0)
    throw new UsageError(
      `${command.key} needs ${missing.map((name) => `--${name}`).join(', ')}\n\n${formatUsage([command])}`,
    );
  return given;
}

function parsed(names: readonly string[], args: readonly string[]): Record<string, string> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      strict: true,
      allowPositionals: false,
    });
    return Object.fromEntries(
      Object.entries(values).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    );
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number of an option. Throws UsageError. */
export function wholeNumber(name: string, text: string): bigint {
  if (!/^\d{1,18}$/.test(text))
    throw new UsageError(
      `--${name} "${text}" is no whole number of at most 18 digits; 0 stands for no limit`,
    );
  return BigInt(text);
}
