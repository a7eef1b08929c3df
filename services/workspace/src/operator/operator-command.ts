import type { JsonValue } from '@bufbuild/protobuf';
import type { Type } from '@nestjs/common';
import { isUuid } from '@noema/kernel';
import type { Actor } from '../member/actor.js';
import { teamNotFound } from '../team/team.errors.js';

/** Who the audit log says it was. */
export const OPERATOR = 'operator';

/** The operator in the team of the option `team`. Throws `not-found` TEAM_NOT_FOUND for what is no id. */
export function actorIn({ team = '' }: Readonly<Record<string, string>>): Actor {
  if (!isUuid(team)) throw teamNotFound(team);
  return { teamId: team, subject: OPERATOR };
}

/** Finds a service by its class. */
export interface Services {
  get<Service>(type: Type<Service>): Service;
}

export interface OptionSpec {
  readonly required?: boolean;
  /** Placeholder of the value in the help, such as `UUID`. */
  readonly value: string;
  readonly doc: string;
}

/** Commands of an operator on the command line, with the settings of the service. */
export interface OperatorCommand {
  /** Name on the command line. */
  readonly key: string;
  readonly doc: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Returns what is printed. */
  run(services: Services, given: Readonly<Record<string, string>>): Promise<JsonValue>;
}
