import { isolationUnavailable } from '../integration/integration.errors.js';
import { BubblewrapIsolation, type BubblewrapOptions } from './bubblewrap.isolation.js';
import type { Isolation } from './isolation.js';
import { KubernetesClient } from './kubernetes.client.js';
import { PodIsolation } from './pod.isolation.js';
import { TrustedIsolation } from './trusted.isolation.js';

export interface IsolationSettings {
  readonly integrationIsolation?: Isolation['name'] | undefined;
  readonly trustedIntegrations: boolean;
  readonly podRuntimeClass?: string | undefined;
  readonly podImage?: string | undefined;
  readonly podApiUrl: string;
  readonly podCredentialsDir: string;
}

/**
 * Returns the isolation that the settings name: by default none for trusted code, otherwise bubblewrap. An
 * isolation that cannot run fails when it is used; there is no fallback.
 */
export function chooseIsolation(settings: IsolationSettings, options: BubblewrapOptions): Isolation {
  const { integrationIsolation, trustedIntegrations } = settings;
  switch (integrationIsolation ?? (trustedIntegrations ? 'none' : 'bubblewrap')) {
    case 'none':
      return trustedIntegrations
        ? new TrustedIsolation(options.interpreters)
        : new NoIsolation('NOEMA_INTEGRATION_ISOLATION=none is only for trusted integrations');
    case 'bubblewrap':
      return new BubblewrapIsolation(options);
    case 'pod':
      return new PodIsolation(
        new KubernetesClient({ url: settings.podApiUrl, credentialsDir: settings.podCredentialsDir }),
        { ...options, image: settings.podImage, runtimeClass: settings.podRuntimeClass },
      );
  }
}

class NoIsolation implements Isolation {
  readonly name = 'none';

  constructor(private readonly why: string) {}

  require(): Promise<never> {
    return Promise.reject(isolationUnavailable(this.why));
  }

  launch(): Promise<never> {
    return this.require();
  }
}
