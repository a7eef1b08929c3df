import { isolationUnavailable } from '../domain/integration.errors.js';
import { BubblewrapIsolation, type BubblewrapOptions } from './bubblewrap.isolation.js';
import type { Isolation } from './isolation.js';
import { TrustedIsolation } from './trusted.isolation.js';

export interface IsolationSettings {
  readonly integrationIsolation?: Isolation['name'] | undefined;
  readonly trustedIntegrations: boolean;
}

/** The isolation that the settings ask for: by default none for trusted code, else bubblewrap; one that cannot run says so when it is used, and never falls back. */
export function chooseIsolation({ integrationIsolation, trustedIntegrations }: IsolationSettings, options: BubblewrapOptions): Isolation {
  switch (integrationIsolation ?? (trustedIntegrations ? 'none' : 'bubblewrap')) {
    case 'none': return trustedIntegrations ? new TrustedIsolation() : new RefusedIsolation('none', 'NOEMA_INTEGRATION_ISOLATION=none is only for trusted integrations');
    case 'bubblewrap': return new BubblewrapIsolation(options);
    case 'pod': return new RefusedIsolation('pod', 'one-shot pods are not built yet');
  }
}

class RefusedIsolation implements Isolation {
  constructor(readonly name: Isolation['name'], private readonly why: string) {}

  require(): Promise<never> {
    return Promise.reject(isolationUnavailable(this.why));
  }

  launch(): Promise<never> {
    return this.require();
  }
}
