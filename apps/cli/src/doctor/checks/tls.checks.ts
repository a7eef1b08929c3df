import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Answer, type Check, fail, ok, warn } from '../finding.js';
import type { Subject } from '../subject.js';

const DAY_MS = 86_400_000;
const SOON_DAYS = 14;

/** Whether certificates are valid, for how long, and belong to their keys. */
export function tlsChecks({ tlsDir, gateway }: Subject): Check[] {
  const https = gateway?.url.startsWith('https:') === true ? new URL(gateway.url) : undefined;
  return [
    ...(tlsDir === undefined
      ? []
      : [
          {
            name: 'tls between services',
            advice: `put tls.crt, tls.key and ca.crt into ${tlsDir}, as cert-manager does`,
            look: () => files(tlsDir),
          },
        ]),
    ...(https === undefined
      ? []
      : [
          {
            name: 'tls of the gateway',
            advice: `see what answers at ${https.host}`,
            look: () => served(https),
          },
        ]),
  ];
}

async function files(directory: string): Promise<Answer> {
  const [certificate, key, authority] = await Promise.all(
    ['tls.crt', 'tls.key', 'ca.crt'].map((name) => readFile(join(directory, name))),
  );
  const own = new X509Certificate(certificate!);
  if (!own.checkPrivateKey(createPrivateKey(key!)))
    return fail('tls.key is not the key of tls.crt', 'issue both again, together');
  if (!own.verify(new X509Certificate(authority!).publicKey))
    return fail(
      'ca.crt has not issued tls.crt',
      'use the authority that did: peers refuse each other otherwise',
    );
  return validity(own);
}

async function served({ hostname, port }: URL): Promise<Answer> {
  const raw = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(
      {
        host: hostname,
        port: Number(port === '' ? 443 : port),
        servername: hostname,
        rejectUnauthorized: false,
        timeout: 3_000,
      },
      () => {
        resolve(socket.getPeerCertificate().raw);
        socket.destroy();
      },
    );
    socket.once('error', reject).once('timeout', () => {
      socket.destroy(new Error('no answer'));
    });
  });
  return validity(new X509Certificate(raw));
}

function validity(certificate: X509Certificate): Answer {
  const days = Math.floor((new Date(certificate.validTo).getTime() - Date.now()) / DAY_MS);
  if (days < 0)
    return fail(
      `the certificate ended ${certificate.validTo}`,
      'issue it anew; processes take it up by themselves',
    );
  if (new Date(certificate.validFrom).getTime() > Date.now())
    return fail(`the certificate begins only ${certificate.validFrom}`, 'see the clocks');
  return days < SOON_DAYS
    ? warn(`the certificate ends in ${days} days`, 'see why it is not renewed')
    : ok(`valid for ${days} days`);
}
