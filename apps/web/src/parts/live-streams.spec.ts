import { describe, expect, it, vi } from 'vitest';
import { LiveStreams } from './live-streams.js';

/** A stream that is written by hand and counts how often it was opened. */
function byHand() {
  let wake: () => void = () => undefined;
  const queue: (string | Error | undefined)[] = [];
  const opened: AbortSignal[] = [];
  const heard: unknown[] = [];
  async function* open(signal: AbortSignal): AsyncGenerator<string> {
    opened.push(signal);
    signal.addEventListener('abort', () => {
      wake();
    });
    for (;;) {
      while (queue.length === 0 && !signal.aborted)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      if (signal.aborted) return;
      const next = queue.shift();
      if (next === undefined) return;
      if (next instanceof Error) throw next;
      yield next;
    }
  }
  return {
    source: {
      open,
      each: (message: unknown) => {
        heard.push(message);
      },
    },
    opened,
    heard,
    send: (next: string | Error | undefined) => {
      queue.push(next);
      wake();
    },
  };
}

describe('LiveStreams', () => {
  it('opens one stream for all who follow a key and closes it after the last has left', async () => {
    const { source, opened, heard, send } = byHand();
    const streams = new LiveStreams(() => true, 0);
    const leaveFirst = streams.follow('run/1', source);
    const leaveSecond = streams.follow('run/1', source);
    send('a');
    await vi.waitFor(() => {
      expect(heard).toEqual(['a']);
    });
    expect(streams.getState('run/1')).toBe('live');
    leaveFirst();
    send('b');
    await vi.waitFor(() => {
      expect(heard).toEqual(['a', 'b']);
    });
    leaveSecond();
    await vi.waitFor(() => {
      expect(opened[0]?.aborted).toBe(true);
    });
    expect(opened).toHaveLength(1);
  });

  it('survives a follower that leaves and comes back at once, as React does in strict mode', async () => {
    const { source, opened, heard, send } = byHand();
    const streams = new LiveStreams(() => true, 20);
    streams.follow('run/1', source)();
    streams.follow('run/1', source);
    send('a');
    await vi.waitFor(() => {
      expect(heard).toEqual(['a']);
    });
    expect(opened).toHaveLength(1);
  });

  it('tries again what was lost, and gives up what was refused', async () => {
    const { source, opened, heard, send } = byHand();
    const streams = new LiveStreams((error) => (error as Error).message === 'lost', 0, 1);
    streams.follow('run/1', source);
    send(new Error('lost'));
    await vi.waitFor(() => {
      expect(opened).toHaveLength(2);
    });
    send('a');
    await vi.waitFor(() => {
      expect(heard).toEqual(['a']);
    });
    send(new Error('refused'));
    await vi.waitFor(() => {
      expect(streams.getState('run/1')).toBe('ended');
    });
    expect(opened).toHaveLength(2);
  });

  it('rests while the page is hidden and opens again only what has not ended', async () => {
    const running = byHand();
    const over = byHand();
    const streams = new LiveStreams(() => true, 0);
    streams.follow('running', running.source);
    streams.follow('over', over.source);
    over.send(undefined);
    await vi.waitFor(() => {
      expect(streams.getState('over')).toBe('ended');
    });
    streams.rest(true);
    expect(running.opened[0]?.aborted).toBe(true);
    streams.rest(false);
    await vi.waitFor(() => {
      expect(running.opened).toHaveLength(2);
    });
    expect(over.opened).toHaveLength(1);
  });
});
