import { toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import { Command } from 'commander';
import {
  type Method,
  type MethodParameter,
  MethodSchema,
  ParameterType,
} from '@noema/contracts/noema/methods/v1/method';
import type { CommandContext } from './command-context.js';
import { printList } from './resource-output.js';
import { action } from './runner.js';

export function methodsCommand(): Command {
  return new Command('methods')
    .description('list the methods of a service, with the keys that other commands take')
    .argument('<service>', 'explanations, insights, projection, similarity or training')
    .option('--kind <kind>', 'only methods of this kind', '')
    .action(
      action(async ({ terminal, connect }: CommandContext, service: string, { kind }: { kind: string }) => {
        const { methods } = await (await connect()).methods.listMethods({ service, kind });
        printList(terminal, MethodSchema, methods, METHOD_COLUMNS);
      }),
    );
}

/** The table of `noema methods`, of descriptions alone. */
export const METHOD_COLUMNS = [
  { heading: 'KIND', value: ({ kind }: Method) => kind },
  { heading: 'KEY', value: ({ key }: Method) => key },
  { heading: 'NAME', value: ({ title }: Method) => title },
  { heading: 'DEFAULT', value: ({ facts }: Method) => (facts?.['usedByDefault'] === true ? 'yes' : '') },
  { heading: 'PARAMETERS', value: ({ parameters }: Method) => parameters.map(describe).join(', ') },
  { heading: 'SUMMARY', value: ({ summary }: Method) => summary },
];

/** A parameter as a request gives it, with its default and what is allowed. */
function describe(parameter: MethodParameter): string {
  const { name, default: standard } = parameter;
  const value = standard === undefined ? '' : toJson(ValueSchema, standard);
  return `${name}=${typeof value === 'string' ? value : JSON.stringify(value)} (${allowed(parameter)})`;
}

function allowed({ type, choices, minimum, maximum, above, below }: MethodParameter): string {
  switch (type) {
    case ParameterType.CHOICE:
      return choices.map((choice) => choice.value).join('|');
    case ParameterType.BOOLEAN:
      return 'true|false';
    case ParameterType.NUMBERS:
      return 'numbers';
    default: {
      const from = above === undefined ? String(minimum ?? '…') : `>${above}`;
      return `${from}–${below === undefined ? String(maximum ?? '…') : `<${below}`}`;
    }
  }
}
