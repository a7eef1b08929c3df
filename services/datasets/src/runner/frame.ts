import type { Duplex } from 'node:stream';
import { DomainError } from '@noema/kernel';

/** Most bytes of one frame's header and body. */
export interface FrameLimits {
  readonly headerBytes: number;
  readonly bodyBytes: number;
}

/** One message: a JSON value and raw bytes. */
export interface Frame {
  readonly header: unknown;
  readonly body: Buffer;
}

const PREFIX = 8;

/**
 * Writes `[header length u32le][body length u32le][header, JSON][body]`; the body is given in parts, which
 * are not copied.
 */
export function writeFrame(channel: Duplex, header: unknown, parts: readonly Uint8Array[] = []): void {
  const text = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32LE(text.length, 0);
  prefix.writeUInt32LE(
    parts.reduce((sum, part) => sum + part.byteLength, 0),
    4,
  );
  channel.cork();
  for (const part of [prefix, text, ...parts]) channel.write(part);
  channel.uncork();
}

/** Cuts a stream of bytes into frames, holds at most one, and refuses a longer one before it has arrived. */
export class FrameReader {
  private readonly prefix = Buffer.alloc(PREFIX);
  private filled = 0;
  private header: Buffer | undefined;
  private body: Buffer | undefined;

  /** Throws `invalid` INTEGRATION_ANSWER_INVALID from `push` for a frame beyond `limits`. */
  constructor(
    private readonly limits: () => FrameLimits,
    private readonly receive: (frame: Frame) => void,
  ) {}

  /** Takes what has arrived. */
  push(chunk: Buffer): void {
    let at = 0;
    const fill = (target: Buffer, offset: number): void => {
      const taken = Math.min(chunk.length - at, target.length - (this.filled - offset));
      chunk.copy(target, this.filled - offset, at, at + taken);
      at += taken;
      this.filled += taken;
    };
    while (at < chunk.length) {
      if (this.filled < PREFIX) fill(this.prefix, 0);
      if (this.filled < PREFIX) return;
      if (this.header === undefined) this.begin();
      const header = this.header!;
      const body = this.body!;
      if (this.filled < PREFIX + header.length) fill(header, PREFIX);
      if (this.filled >= PREFIX + header.length) fill(body, PREFIX + header.length);
      if (this.filled < PREFIX + header.length + body.length) return;
      [this.filled, this.header, this.body] = [0, undefined, undefined];
      this.receive({ header: parsed(header), body });
    }
  }

  private begin(): void {
    const { headerBytes, bodyBytes } = this.limits();
    const [header, body] = [this.prefix.readUInt32LE(0), this.prefix.readUInt32LE(4)];
    if (header > headerBytes || body > bodyBytes)
      throw answerInvalid(
        `a message of ${header} + ${body} bytes, where at most ${headerBytes} + ${bodyBytes} are taken`,
      );
    this.header = Buffer.alloc(header);
    this.body = Buffer.allocUnsafeSlow(body);
  }
}

/** The error for what no process of ours would send. */
export const answerInvalid = (what: string): DomainError =>
  new DomainError(
    'invalid',
    'INTEGRATION_ANSWER_INVALID',
    `the process of the integration sent ${what}; user code must not write to the file descriptor that ` +
      'carries its answers, nor change what the SDK is made of',
  );

function parsed(header: Buffer): unknown {
  try {
    return JSON.parse(header.toString('utf8'));
  } catch {
    throw answerInvalid('a message that is no JSON');
  }
}
