import type { DataDirectory, PlatformState } from '@noema/standalone';

/** Subject of the doctor: a data directory, settings, or a gateway alone. */
export interface Subject {
  readonly directory?: DataDirectory;
  /** Platform that runs, or ran last, on the data directory. */
  readonly state?: PlatformState | undefined;
  /** True when a living process holds the data directory. */
  readonly running?: boolean;
  readonly gateway?: { readonly url: string; readonly apiKey?: string | undefined } | undefined;
  /** `host:port` of each replica, by service. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** True when the code of users runs without a sandbox; undefined when that is not known. */
  readonly trustedIntegrations?: boolean | undefined;
  readonly tlsDir?: string | undefined;
  readonly database?:
    | {
        readonly url: string;
        /** Schemas to look at; the role of the URL may see no more. */
        readonly schemas: readonly string[];
      }
    | undefined;
  readonly bus?:
    | {
        readonly url: string;
        readonly credentials?: string | undefined;
        readonly tlsDir?: string | undefined;
      }
    | undefined;
  readonly store?:
    | {
        readonly url: string;
        readonly accessKey?: string | undefined;
        readonly secretKey?: string | undefined;
      }
    | undefined;
  readonly keys: {
    readonly jwks?: string | undefined;
    readonly privateKey?: string | undefined;
    readonly secretsKey?: string | undefined;
    readonly sessionSecret?: string | undefined;
  };
  readonly oidcIssuer?: string | undefined;
  readonly engineBackend: string;
}
