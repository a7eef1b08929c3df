import type { IncomingMessage } from 'node:http';
import type { JsonValue } from '@bufbuild/protobuf';
import {
  bodyCut,
  bodyNotJson,
  bodyTooLarge,
  bodyTimedOut,
  bodyTooManyValues,
  mediaTypeUnknown,
} from './transcoding.errors.js';

export interface BodyLimits {
  readonly limitBytes: number;
  readonly timeoutMs: number;
  /** Maximum number of JSON values. Not set: the bytes are the only limit. */
  readonly maxValues?: number | undefined;
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i;

/**
 * Reads the JSON body of a request; `undefined` when there is none. Never holds more than the limit.
 * Throws 413, 408, 415, or `invalid` BODY_NOT_JSON, BODY_TOO_MANY_VALUES.
 */
export async function readJsonBody(req: IncomingMessage, limits: BodyLimits): Promise<JsonValue | undefined> {
  const declared = Number(req.headers['content-length'] ?? 0);
  if (declared > limits.limitBytes) throw bodyTooLarge(limits.limitBytes);
  if (declared === 0 && req.headers['transfer-encoding'] === undefined) return undefined;
  const type = req.headers['content-type'] ?? '';
  if (type !== '' && !JSON_TYPE.test(type)) throw mediaTypeUnknown(type);
  const bytes = await readBytes(req, limits);
  if (limits.maxValues !== undefined && hasMoreValues(bytes, limits.maxValues))
    throw bodyTooManyValues(limits.maxValues);
  return bytes.length === 0 ? undefined : parse(bytes);
}

const [QUOTE, BACKSLASH, COMMA, BRACKET, BRACE] = [...'"\\,[{'].map((sign) => sign.charCodeAt(0));

/**
 * Whether JSON has more values than `max`: each follows a comma or an opening bracket. Reads the bytes, because
 * parsing takes far longer.
 */
function hasMoreValues(bytes: Buffer, max: number): boolean {
  let values = 1;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if ((byte === COMMA || byte === BRACKET || byte === BRACE) && ++values > max) return true;
  }
  return false;
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
