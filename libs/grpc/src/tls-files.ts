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
 * The files of a directory, with cert-manager's names: certificate chain, private key, trusted authorities;
 * all PEM.
 */
const NAMES = ['tls.crt', 'tls.key', 'ca.crt'] as const;

export interface TlsFilesOptions {
  /** Polling interval in milliseconds. */
  readonly everyMs?: number;
  /** Called if the files cannot be used. The previous ones stay in use. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * Mutual TLS from a directory. A server accepts only clients with a certificate of its authority; a client
 * checks authority and name of the server. After the files change, new connections use the new ones and open
 * connections continue.
 */
export class TlsFiles implements experimental.CertificateProvider {
  private readonly caListeners = new Set<CaListener>();
  private readonly identityListeners = new Set<IdentityListener>();
  private readonly end: () => void;
  private ca: experimental.CaCertificateUpdate;
  private identity: experimental.IdentityCertificateUpdate;

  /**
   * Throws `precondition` TLS_FILES_INVALID if a file is missing or the key does not match the certificate.
   */
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

  /** Returns credentials of a server that requires a certificate from every client. */
  server(): ServerCredentials {
    return experimental.createCertificateProviderServerCredentials(this, this, true);
  }

  /** Returns credentials of a client with a certificate. */
  client(): ChannelCredentials {
    return experimental.createCertificateProviderChannelCredentials(this, this);
  }

  /** Stops polling. The last files stay in use. */
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
 * OpenSSL silently skips data that it cannot parse, such as two certificates without a line break between
 * them; then no peer is trusted.
 */
function mustBeCertificates(pem: string): void {
  const found = pem.match(/^-----BEGIN CERTIFICATE-----\r?\n[^-]+^-----END CERTIFICATE-----\r?$/gm) ?? [];
  for (const certificate of found) new X509Certificate(certificate);
  if (found.length === 0 || found.length !== pem.split('BEGIN CERTIFICATE').length - 1)
    throw new Error('ca.crt holds no certificates in PEM, or one that is cut');
}
