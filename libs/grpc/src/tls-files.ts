import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type ChannelCredentials, experimental, type ServerCredentials } from '@grpc/grpc-js';
import { watchFiles } from '@noema/config';
import { DomainError } from '@noema/kernel';

type CaListener = experimental.CaCertificateUpdateListener;
type IdentityListener = experimental.IdentityCertificateUpdateListener;

/**
 * The files of a directory, named as cert-manager names them in a secret: certificate with its chain, its
 * private key, authorities that are trusted; all PEM.
 */
const NAMES = ['tls.crt', 'tls.key', 'ca.crt'] as const;

export interface TlsFilesOptions {
  /** Milliseconds between looks at the files. */
  readonly everyMs?: number;
  /** Called when the files cannot be used; what was good before stays in use. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * Mutual TLS from a directory: a server takes only clients with a certificate of its authority, a client
 * checks authority and name of its server. When the files change, connections that begin afterwards use the
 * new ones, and those that are open go on.
 */
export class TlsFiles implements experimental.CertificateProvider {
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();
  private readonly end: () => void;
  private ca: experimental.CaCertificateUpdate;
  private identity: experimental.IdentityCertificateUpdate;

  /** Throws `precondition` TLS_FILES_INVALID when a file is missing or the key is not the certificate's. */
  constructor(
    private readonly directory: string,
    { everyMs = 10_000, onFault = () => undefined }: TlsFilesOptions = {},
  ) {
    const paths = NAMES.map((name) => join(directory, name));
    [this.ca, this.identity] = this.parse(() => paths.map((path) => readFileSync(path, 'utf8')));
    this.end = watchFiles(paths, {
      everyMs,
      onFault,
      onChange: (texts) => {
        this.take(texts);
      },
    });
  }

  /** Credentials of a server that demands a certificate of every client. */
  server(): ServerCredentials {
    return experimental.createCertificateProviderServerCredentials(this, this, true);
  }

  /** Credentials of a client that shows its certificate. */
  client(): ChannelCredentials {
    return experimental.createCertificateProviderChannelCredentials(this, this);
  }

  /** Looks at the files no more; the last ones stay in use. */
  close(): void {
    this.end();
  }

  addCaCertificateListener(listener: CaListener): void {
    this.caListeners.add(listener);
    process.nextTick(() => {
      listener(this.ca);
    }); // grpc-js counts on it coming later
  }

  removeCaCertificateListener(listener: CaListener): void {
    this.caListeners.delete(listener);
  }

  addIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.add(listener);
    process.nextTick(() => {
      listener(this.identity);
    });
  }

  removeIdentityCertificateListener(listener: IdentityListener): void {
    this.identityListeners.delete(listener);
  }

  private take(texts: readonly string[]): void {
    [this.ca, this.identity] = this.parse(() => texts);
    for (const listener of this.caListeners) listener(this.ca);
    for (const listener of this.identityListeners) listener(this.identity);
  }

  private parse(
    read: () => readonly string[],
  ): [experimental.CaCertificateUpdate, experimental.IdentityCertificateUpdate] {
    try {
      const [cert = '', key = '', ca = ''] = read();
      mustBeCertificates(ca);
      createSecureContext({ cert, key, ca }); // throws when they do not belong together
      return [
        { caCertificate: Buffer.from(ca) },
        { certificate: Buffer.from(cert), privateKey: Buffer.from(key) },
      ];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DomainError(
        'precondition',
        'TLS_FILES_INVALID',
        `${this.directory} has no usable ${NAMES.join(', ')}: ${why}; mount the secret of this ` +
          `process's certificate there`,
        { cause: error, metadata: { directory: this.directory } },
      );
    }
  }
}

/**
 * OpenSSL passes over what it cannot read, and then nobody is trusted: two certificates with no line break
 * between them are none.
 */
function mustBeCertificates(pem: string): void {
  const found = pem.match(/^-----BEGIN CERTIFICATE-----\r?\n[^-]+^-----END CERTIFICATE-----\r?$/gm) ?? [];
  for (const certificate of found) new X509Certificate(certificate);
  if (found.length === 0 || found.length !== pem.split('BEGIN CERTIFICATE').length - 1)
    throw new Error('ca.crt holds no certificates in PEM, or one that is cut');
}
