import type { Provider } from '@nestjs/common';
import { SETTINGS } from '@noema/host';
import type { GatewayConfig } from '../config.js';
import { Reloading } from '../reloading.js';
import { SessionSeal } from './session-seal.js';
import { SessionTeams } from './session-teams.js';
import { SessionEndpoint } from './session.endpoint.js';
import { SignInBackOff } from './sign-in-back-off.js';

/** Sessions of browsers. `SessionSeal` is `undefined` without a secret: then the gateway keeps none. */
export const sessionProviders: Provider[] = [
  {
    provide: SessionSeal,
    inject: [SETTINGS, Reloading],
    useFactory: ({ sessionSecret }: GatewayConfig, reloading: Reloading): SessionSeal | undefined =>
      sessionSecret === undefined
        ? undefined
        : reloading.followed('sessionSecret', new SessionSeal(sessionSecret), (seal, secrets) => {
            seal.replaceSecrets(secrets);
          }),
  },
  { provide: SignInBackOff, useFactory: () => new SignInBackOff() },
  SessionTeams,
  SessionEndpoint,
];
