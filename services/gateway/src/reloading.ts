import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { followSetting, SETTINGS, tlsFault } from '@noema/host';
import { TlsFiles } from '@noema/grpc';
import type { Logger } from '@noema/observability';
import type { GatewayConfig } from './config.js';
import { LOGGER } from './tokens.js';

/** Keys, secrets and certificates that change while the gateway runs. */
@Injectable()
export class Reloading implements OnApplicationShutdown {
  private readonly closers: (() => void)[] = [];

  constructor(
    @Inject(SETTINGS) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Calls `change` whenever the file of a setting says something else; returns what it is given. */
  followed<T>(
    key: 'authJwks' | 'authPrivateKey' | 'sessionSecret',
    target: T,
    change: (target: T, value: string) => void,
  ): T {
    this.closers.push(
      followSetting({
        config: this.config,
        key,
        logger: this.logger,
        onChange: (value) => {
          change(target, value);
        },
      }),
    );
    return target;
  }

  /** Certificates of the calls to the services; `undefined` when they go in plaintext. */
  tls(): TlsFiles | undefined {
    const { tlsDir, reloadMs } = this.config;
    if (tlsDir === undefined) return undefined;
    const tls = new TlsFiles(tlsDir, { everyMs: reloadMs, onFault: tlsFault(this.logger) });
    this.closers.push(() => {
      tls.close();
    });
    return tls;
  }

  onApplicationShutdown(): void {
    for (const close of this.closers.splice(0)) close();
  }
}
