import { silentLogger } from '@noema/observability';
import type { AnyDatabase } from '@noema/postgres';
import { expect, it } from 'vitest';
import { JetStreamBus } from './jetstream/jetstream-bus.js';
import { openBus } from './open-bus.js';
import { PostgresBus } from './postgres/postgres-bus.js';

const open = (url: string) =>
  openBus(url, {
    database: () => ({ sibling: () => ({}) }) as unknown as AnyDatabase,
    name: 'test',
    logger: silentLogger,
  });

it("takes the service's own database, one server or several", () => {
  expect(open('postgres:')).toBeInstanceOf(PostgresBus);
  for (const url of ['nats://nats:4222', 'nats://a:4222,nats://b:4222?replicas=3', 'tls://nats.example'])
    expect(open(url)).toBeInstanceOf(JetStreamBus);
});

it('refuses what it does not know, with what to write instead', () => {
  for (const url of [
    '',
    'kafka://a:1',
    'nats://',
    'nats://a:1,tls://b:2',
    'nats://user:secret@a:1',
    'nats://a:1?replicas=0',
    'nats://a:1?replicas=7',
  ]) {
    expect(() => open(url), url).toThrow(/names no known bus; use postgres: or nats:/);
  }
});
