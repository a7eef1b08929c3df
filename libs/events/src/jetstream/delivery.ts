import type { Msg, NatsConnection } from '@nats-io/transport-node';

const ANSWER_MS = 5_000;

/** One delivery of a durable consumer, to be acknowledged. */
export class Delivery {
  /** Number of the delivery, starting at 1. */
  readonly count: number;
  /** Sequence number of the message in its stream, starting at 1. */
  readonly sequence: number;
  private readonly reply: string;

  constructor(
    private readonly nc: NatsConnection,
    readonly msg: Msg,
  ) {
    this.reply = msg.reply ?? '';
    // $JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<…>; only newer servers send
    // the part in brackets.
    const tokens = this.reply.split('.');
    const at = tokens.length > 9 ? 6 : 4;
    this.count = Number(tokens[at]);
    this.sequence = Number(tokens[at + 1]);
  }

  static is(msg: Msg): boolean {
    return msg.reply?.startsWith('$JS.ACK.') ?? false;
  }

  /** Resolves when the server has recorded the acknowledgement. */
  async done(): Promise<void> {
    await this.nc.request(this.reply, '+ACK', { timeout: ANSWER_MS });
  }

  /** Terminates the message. Sends no reason, because servers before 2.10 do not support one. */
  async never(): Promise<void> {
    await this.nc.request(this.reply, '+TERM', { timeout: ANSWER_MS });
  }

  again(delayMs = 0): void {
    this.nc.publish(this.reply, delayMs === 0 ? '-NAK' : `-NAK {"delay": ${Math.round(delayMs * 1e6)}}`);
  }

  /** Resets the acknowledgement deadline, because the work is still running. */
  working(): void {
    this.nc.publish(this.reply, '+WPI');
  }
}
