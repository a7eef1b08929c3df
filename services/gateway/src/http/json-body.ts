import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '@bufbuild/protobuf';
import {
  bodyCut,
  bodyNotJson,
  bodyTooLarge,
  bodyTimedOut,
  mediaTypeUnknown,
} from '../domain/gateway.errors.js';

export interface BodyLimits {
  readonly limitBytes: number;
  readonly timeoutMs: number;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i;

/**
 * Reads the JSON body of a request; `undefined` when there is none. Never holds more than the limit.
 * Throws 413, 408, 415, or `invalid` BODY_NOT_JSON.
 */
export async function readJsonBody(req: IncomingMessage, limits: BodyLimits): Promise<JsonValue | undefined> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
  if (declared === 0 && req.headers['transfer-encoding'] === undefined) return undefined;
  const type = req.headers['content-type'] ?? '';
  if (type !== '' && !JSON_TYPE.test(type)) throw mediaTypeUnknown(type);
  const bytes = await readBytes(req, limits);
  return bytes.length === 0 ? undefined : parse(bytes);
}

function readBytes(req: IncomingMessage, { limitBytes, timeoutMs }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: Error): void => {
      stop();
      req.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limitBytes) fail(bodyTooLarge(limitBytes));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const onCut = (): void => {
      fail(bodyCut());
    };
    const timer = setTimeout(() => {
      fail(bodyTimedOut(timeoutMs));
    }, timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      req.off('data', onData).off('end', onEnd).off('close', onCut).off('error', onCut);
      req.on('error', () => undefined);
    };
    req.on('data', onData).on('end', onEnd).on('close', onCut).on('error', onCut);
  });
}

function parse(bytes: Buffer): JsonValue {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as JsonValue;
  } catch (error) {
    throw bodyNotJson(error instanceof SyntaxError ? error.message : 'it is not UTF-8');
  }
}
