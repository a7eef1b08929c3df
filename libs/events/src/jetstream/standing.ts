import type { JetStreamManager } from '@nats-io/jetstream';
import type { BusMark } from '../bus.js';
import { isMessageMissing } from './jetstream.errors.js';
import type { StreamSpec } from './names.js';
import type { Topology } from './topology.js';

/**
 * Returns whether the stream is the marked one and still has the marked message, unless that was pruned.
 * Creates a missing stream.
 */
export async function readStanding(
  jsm: JetStreamManager,
  topology: Topology,
  spec: StreamSpec,
  { born, sequence, messageId }: BusMark,
): Promise<{ readonly born: string; readonly holds: boolean }> {
  topology.forget();
  const now = await topology.stream(jsm, spec);
  if (now !== born) return { born: now, holds: false };
  const { state } = await jsm.streams.info(spec.name);
  // A server that lost the end of a stream may have reused the same sequence numbers since.
  const holds =
    state.last_seq >= sequence &&
    (sequence < state.first_seq || (await idAt(jsm, spec.name, sequence)) === messageId);
  return { born: now, holds };
}

async function idAt(jsm: JetStreamManager, stream: string, seq: number): Promise<string> {
  if (seq === 0) return '';
  try {
    return (await jsm.streams.getMessage(stream, { seq }))?.header.get('Nats-Msg-Id') ?? '';
  } catch (error) {
    if (isMessageMissing(error)) return '';
    throw error;
  }
}
