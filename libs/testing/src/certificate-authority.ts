import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

x509.cryptoProvider.set(webcrypto);

/** Properties of a certificate. */
export interface CertificateOptions {
  /** DNS names and IP addresses. Default: `localhost` and `127.0.0.1`. */
  readonly names?: readonly string[];
  /** Expiry in milliseconds from now, negative for an expired certificate. Default: one day. */
  readonly endsInMs?: number;
}

/** PEM texts of a certificate, its key, and its authority. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** A certificate authority for tests. Writes certificates as Kubernetes mounts a secret. */
export class CertificateAuthority {
  private constructor(
    readonly pem: string,
    private readonly cert: x509.X509Certificate,
    private readonly keys: webcrypto.CryptoKeyPair,
  ) {}

  static async create(name = 'CN=Noema test authority'): Promise<CertificateAuthority> {
    const keys = await newKeys();
    const cert = await x509.X509CertificateGenerator.createSelfSigned({
      name,
      keys,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [
        new x509.BasicConstraintsExtension(true, 1, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(`${cert.toString('pem')}\n`, cert, keys);
  }

  /** A certificate for servers and clients. */
  async issue({
    names = ['localhost', '127.0.0.1'],
    endsInMs = DAY_MS,
  }: CertificateOptions = {}): Promise<IssuedCertificate> {
    const keys = await newKeys();
    const notAfter = Date.now() + endsInMs;
    const cert = await x509.X509CertificateGenerator.create({
      subject: `CN=${names[0] ?? 'unnamed'}`,
      issuer: this.cert.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: ALGORITHM,
      notBefore: new Date(Math.min(Date.now(), notAfter) - DAY_MS / 2),
      notAfter: new Date(notAfter),
      extensions: [
        new x509.SubjectAlternativeNameExtension(
          names.map((name) => ({ type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name })),
        ),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
      ],
    });
    const key = x509.PemConverter.encode(
      await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
      'PRIVATE KEY',
    );
    return { cert: `${cert.toString('pem')}\n`, key, ca: this.pem };
  }
}

/** Lays files down as Kubernetes mounts a volume: links into a directory that is swapped as a whole. */
export async function mountFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  const version = `..${process.hrtime.bigint()}`;
  await mkdir(join(directory, version), { recursive: true });
  for (const [name, text] of Object.entries(files))
    await writeFile(join(directory, version, name), text, { mode: 0o600 });
  await symlink(version, join(directory, '..data-new'));
  await rename(join(directory, '..data-new'), join(directory, '..data'));
  for (const name of Object.keys(files)) {
    await symlink(join('..data', name), join(directory, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Mounts a certificate as `tlsDir` wants it; `ca` trusts other authorities than the certificate's own. */
export const mountCertificate = (directory: string, { cert, key, ca }: IssuedCertificate): Promise<void> =>
  mountFiles(directory, { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca });

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
