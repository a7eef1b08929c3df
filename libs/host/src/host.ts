import { type ArtifactStore, ObservedArtifactStore, openArtifactStore } from '@noema/artifacts';
import { TokenSigner, TokenVerifier } from '@noema/auth';
import { type Bus, openBus, Outbox } from '@noema/events';
import { TlsFiles } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import { Database } from '@noema/postgres';
import { Commands } from './commands.js';
import { followSetting, tlsFault } from './follow-setting.js';
import { ServiceClients } from './service-clients.js';
import type { SweepParts } from './service-artifacts.js';
import type { HostConfig } from './settings.js';

/** Role of a process: it serves a service's API, or runs its shards. */
export type HostRole = 'service' | 'worker' | 'operator';

/** An operator's command runs once, and no caller repeats it: it waits longer for a connection than a request does. */
const OPERATOR_CONNECT_TIMEOUT_MS = 30_000;

/** Infrastructure of one application, created from its configuration at first use and closed together. */
export class Host<C extends HostConfig = HostConfig> {
  private readonly made = new Map<string, unknown>();
  private readonly closers: (() => void | Promise<void>)[] = [];

  constructor(
    readonly name: string,
    readonly role: HostRole,
    readonly config: C,
    readonly logger: Logger,
    readonly ownsProcess = false,
    /** Artifacts that the service writes; absent for a service without artifacts. */
    readonly artifacts?: SweepParts,
  ) {}

  /** Returns the database of the service. There is one instance; the type parameter names the tables. */
  database<Schema>(): Database<Schema> {
    return this.once('database', () => {
      const db = Database.connect<Schema>({
        url: this.need('databaseUrl'),
        schema: this.name,
        maxConnections: this.config.databaseConnections ?? 8,
        applicationName: `noema-${this.name}-${this.role}`,
        ...(this.role === 'operator' && { connectTimeoutMs: OPERATOR_CONNECT_TIMEOUT_MS }),
      });
      this.onClose(() => db.close());
      return db;
    });
  }

  outbox(): Outbox {
    return this.once('outbox', () => new Outbox(this.database()));
  }

  bus(): Bus {
    return this.once('bus', () => {
      const { busUrl = 'postgres:', busCredentials, busTlsDir } = this.config;
      const bus = openBus(busUrl, {
        database: () => this.database(),
        credentials: busCredentials,
        tlsDir: busTlsDir,
        name: `noema-${this.name}-${this.role}`,
        service: this.name,
        logger: this.logger,
      });
      this.onClose(() => bus.close());
      return bus;
    });
  }

  commands(): Commands {
    return this.once('commands', () => new Commands(this.database()));
  }

  store(): ArtifactStore {
    return this.once('store', () => {
      const { storeAccessKey, storeSecretKey, storePublicEndpoint, storeCacheBytes } = this.config;
      return new ObservedArtifactStore(
        openArtifactStore(this.need('storeUrl'), {
          accessKey: storeAccessKey,
          secretKey: storeSecretKey,
          publicEndpoint: storePublicEndpoint,
          cacheBytes: storeCacheBytes,
        }),
      );
    });
  }

  clients(): ServiceClients {
    return this.once('clients', () => {
      const clients = new ServiceClients({
        caller: this.name,
        addresses: this.config.services,
        signer: this.signer(),
        tls: this.tls(),
      });
      this.onClose(() => {
        clients.close();
      });
      return clients;
    });
  }

  signer(): TokenSigner {
    return this.once('signer', () => {
      const signer = new TokenSigner({ privateKey: this.need('authPrivateKey') });
      this.follow('authPrivateKey', (key) => {
        signer.replaceKey(key);
      });
      return signer;
    });
  }

  verifier(): TokenVerifier {
    return this.once('verifier', () => {
      const verifier = new TokenVerifier({ jwks: this.need('authJwks') });
      this.follow('authJwks', (jwks) => {
        verifier.replaceKeys(jwks);
      });
      return verifier;
    });
  }

  /** Returns the certificates for calls between services; `undefined` for plaintext. */
  tls(): TlsFiles | undefined {
    return this.once('tls', () => {
      const { tlsDir, reloadMs } = this.config;
      if (tlsDir === undefined) return undefined;
      const tls = new TlsFiles(tlsDir, { everyMs: reloadMs, onFault: tlsFault(this.logger) });
      this.onClose(() => {
        tls.close();
      });
      return tls;
    });
  }

  /** Registers a function to run at shutdown. The last registered runs first. */
  onClose(close: () => void | Promise<void>): void {
    this.closers.push(close);
  }

  /** Closes everything that was opened, last first. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0).reverse()) await close();
  }

  private follow(key: 'authPrivateKey' | 'authJwks', onChange: (value: string) => void): void {
    this.onClose(followSetting({ config: this.config, key, logger: this.logger, onChange }));
  }

  private once<T>(key: string, make: () => T): T {
    if (!this.made.has(key)) this.made.set(key, make());
    return this.made.get(key) as T;
  }

  private need(key: 'databaseUrl' | 'storeUrl' | 'authPrivateKey' | 'authJwks'): string {
    const value = this.config[key];
    if (value === undefined)
      throw new DomainError(
        'precondition',
        'SETTING_MISSING',
        `${this.name} needs the setting ${key}; set it, or add its fragment to the service's schema`,
      );
    return value;
  }
}
