import { SecretService } from '../secret/secret.service.js';
import type { Team } from '../team/team.js';
import { TeamRepository } from '../team/team.repository.js';
import type { OperatorCommand } from './operator-command.js';

const PAGE = 500;

export const rotateSecretsKey: OperatorCommand = {
  key: 'rotate-secrets-key',
  doc:
    'wraps all secrets by the first key of NOEMA_SECRETS_KEY while the service runs; afterwards the other ' +
    'keys may be taken out',
  options: {},
  run: async (services) => {
    const secrets = services.get(SecretService);
    let [teams, rewrapped] = [0, 0];
    let page: readonly Team[] = [];
    do {
      page = await services.get(TeamRepository).listAll(page.at(-1)?.id, PAGE);
      for (const { id } of page) rewrapped += await secrets.rotate(id);
      teams += page.length;
    } while (page.length === PAGE);
    return { teams, rewrapped, keyId: secrets.keyId };
  },
};
