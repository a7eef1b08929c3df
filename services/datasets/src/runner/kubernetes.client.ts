import { readFile } from 'node:fs/promises';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 2 ** 22;

export interface KubernetesOptions {
  /** Such as `https://kubernetes.default.svc`. */
  readonly url: string;
  /**
   * Folder with `token`, `ca.crt` and `namespace`, as Kubernetes mounts it for a service account; read anew
   * for each call, as tokens change.
   */
  readonly credentialsDir: string;
}

/** State of a pod. */
export interface Pod {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly message?: string;
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string; readonly message?: string };
        readonly terminated?: { readonly exitCode: number; readonly reason?: string };
      };
    }[];
  };
}

/** The pods of the own namespace, by the few calls that one-shot pods need. */
export class KubernetesClient {
  constructor(private readonly options: KubernetesOptions) {}

  create(manifest: object): Promise<Pod> {
    return this.call('POST', '', manifest);
  }

  get(name: string): Promise<Pod> {
    return this.call('GET', `/${encodeURIComponent(name)}`);
  }

  async delete(name: string): Promise<void> {
    await this.call('DELETE', `/${encodeURIComponent(name)}?gracePeriodSeconds=0`);
  }

  /** Throws `unavailable` KUBERNETES_FAILED with what the API server says. */
  private async call(method: string, path: string, body?: object): Promise<Pod> {
    const { url, credentialsDir } = this.options;
    const [token, namespace, ca] = await Promise.all(
      ['token', 'namespace', 'ca.crt'].map((name) =>
        readFile(join(credentialsDir, name), 'utf8').then((text) => text.trim()),
      ),
    );
    const target = new URL(`/api/v1/namespaces/${namespace}/pods${path}`, url);
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        reject(
          new DomainError(
            'unavailable',
            'KUBERNETES_FAILED',
            `the Kubernetes API at ${target.origin} ${why}`,
          ),
        );
      };
      const send = target.protocol === 'https:' ? https : http;
      const sent = send(
        target,
        {
          method,
          ca,
          timeout: TIMEOUT_MS,
          headers: {
            authorization: `Bearer ${token}`,
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let bytes = 0;
          answer.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
            if (bytes > MAX_ANSWER_BYTES) return sent.destroy(new Error('its answer is too long'));
            chunks.push(chunk);
          });
          answer.on('error', (error) => {
            fail(`broke off: ${error.message}`);
          });
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const status = answer.statusCode ?? 0;
            if (status < 200 || status > 299) return fail(`answers ${status}: ${parseMessage(text)}`);
            try {
              resolve(JSON.parse(text) as Pod);
            } catch {
              fail('answers what is no JSON');
            }
          });
        },
      );
      sent.on('timeout', () => {
        sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
      });
      sent.on('error', (error) => {
        fail(`is not reached: ${error.message}`);
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function parseMessage(text: string): string {
  try {
    return String((JSON.parse(text) as { message?: unknown }).message).slice(0, 500);
  } catch {
    return text.slice(0, 200);
  }
}
