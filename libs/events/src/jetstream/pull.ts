import {
  createInbox,
  type Msg,
  nanos,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import { Delivery } from './delivery.js';
import { busUnavailable } from './jetstream.errors.js';
import type { Linked } from './nats-link.js';

/** How long the server holds one request, and the interval of its heartbeats. */
const HOLD_MS = 30_000;
const BEAT_MS = 5_000;

/** Status codes of the server after which the client sends the request again. */
const ASK_AGAIN: ReadonlySet<number> = new Set([404, 408]);

/** Requests one message at a time from a durable consumer, so that a slow handler holds only one message. */
export class Pull {
  readonly nc: NatsConnection;
  private readonly inbox: string;
  private readonly subscription: Subscription;
  private readonly arrived: Delivery[] = [];
  private answer: (outcome: 'silent' | 'renewed' | Error) => void = () => undefined;
  private heard: () => void = () => undefined;
  private wanted = true;

  constructor(
    { nc, inboxPrefix }: Pick<Linked, 'nc' | 'inboxPrefix'>,
    private readonly stream: string,
    private readonly consumer: string,
  ) {
    this.nc = nc;
    this.inbox = createInbox(inboxPrefix);
    this.subscription = nc.subscribe(this.inbox, {
      callback: (error, msg) => {
        this.take(error, msg);
      },
    });
  }

  /**
   * Returns the next message, or nothing if the request should be sent again. Throws if the consumer does not
   * exist or cannot be reached.
   */
  async next(): Promise<Delivery | undefined> {
    if (this.arrived.length === 0 && this.wanted) {
      this.nc.publish(
        `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`,
        JSON.stringify({ batch: 1, expires: nanos(HOLD_MS), idle_heartbeat: nanos(BEAT_MS) }),
        { reply: this.inbox },
      );
      const outcome = await this.waited();
      if (outcome instanceof Error) throw outcome;
    }
    return this.arrived.shift();
  }

  /** Ends the wait, because the server may have lost the request. */
  renew(): void {
    this.answer('renewed');
  }

  /** Stops requesting. Messages in transit return to the server. */
  async close(): Promise<void> {
    this.wanted = false;
    this.answer('renewed');
    const drained = this.subscription.drain().catch(() => undefined);
    await Promise.race([
      drained,
      new Promise((resolve) => {
        setTimeout(resolve, 1_000).unref();
      }),
    ]);
    for (const delivery of this.arrived.splice(0)) delivery.again();
  }

  private waited(): Promise<'arrived' | 'silent' | 'renewed' | Error> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const listen = (): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          end('silent');
        }, 2.5 * BEAT_MS);
      };
      const end = (outcome: 'arrived' | 'silent' | 'renewed' | Error): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.answer = end;
      this.heard = () => {
        if (this.arrived.length > 0) end('arrived');
        else listen();
      };
      listen();
    });
  }

  private take(error: Error | null, msg: Msg): void {
    if (error !== null) this.answer(error);
    else if (Delivery.is(msg)) this.arrived.push(new Delivery(this.nc, msg));
    const code = error === null && !Delivery.is(msg) ? (msg.headers?.code ?? 0) : 0;
    if (ASK_AGAIN.has(code)) this.answer('renewed');
    else if (code >= 400)
      this.answer(
        busUnavailable(
          `consumer ${this.consumer} of stream ${this.stream} cannot be asked (${code} ` +
            `${msg.headers?.description ?? ''})`,
        ),
      );
    else this.heard();
  }
}
