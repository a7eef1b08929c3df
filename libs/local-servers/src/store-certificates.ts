import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const YEARS_MS = 10 * 365 * DAY_MS;

/** Paths of what the parts of a server show each other. */
export interface CertificateFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes an authority whose key is not kept and one certificate of it for 127.0.0.1, as files for the owner
 * alone. Whoever has them is one of the parts.
 */
export async function writeCertificate(directory: string): Promise<CertificateFiles> {
  x509.cryptoProvider.set(webcrypto);
  const [authority, own] = await Promise.all([newKeys(), newKeys()]);
  const times = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + YEARS_MS) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Noema store',
    keys: authority,
    signingAlgorithm: ALGORITHM,
    ...times,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    subject: 'CN=noema-store',
    issuer: ca.subject,
    publicKey: own.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: ALGORITHM,
    ...times,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
    ],
  });
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', own.privateKey),
    'PRIVATE KEY',
  );
  const files = {
    ca: join(directory, 'ca.crt'),
    cert: join(directory, 'tls.crt'),
    key: join(directory, 'tls.key'),
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await Promise.all([
    write(files.ca, ca.toString('pem')),
    write(files.cert, cert.toString('pem')),
    write(files.key, key),
  ]);
  return files;
}

const write = (path: string, pem: string): Promise<void> => writeFile(path, `${pem}\n`, { mode: 0o600 });

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
