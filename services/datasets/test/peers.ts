import { SecretService } from '@noema/contracts/noema/workspace/v1/secret_service';
import { DomainError } from '@noema/kernel';
import { type Peer, peer } from '@noema/testing';

/** Stands in for the workspace service: secrets of teams, by team and name, and who opened what for what. */
export const secretsWith = (
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
  opened: string[] = [],
): Peer =>
  peer(SecretService, {
    openSecret: ({ name, purpose }, { principal }) => {
      const value = secrets[principal.teamId]?.[name];
      if (value === undefined)
        throw new DomainError('not-found', 'SECRET_NOT_FOUND', `there is no secret ${name}`);
      opened.push(`${name} for ${purpose.split('/')[0]}`);
      return { secret: { name }, value };
    },
  });
