import { describe, expect, it } from 'vitest';
import {
  createLogger,
  currentSpan,
  currentTraceparent,
  formatTraceparent,
  NestLogger,
  parseTraceparent,
  runWithFields,
  withSpan,
} from './index.js';

const EXAMPLE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'; // of the W3C recommendation

const runInSpan = <T>(parent: string | undefined, work: () => T): T =>
  withSpan('test', { role: 'server', parent }, work);

const capture = () => {
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
    },
  };
  return { lines, logger: createLogger({ service: 'test', level: 'trace', destination }) };
};

describe('traceparent', () => {
  it('comes back unchanged', () => {
    expect(formatTraceparent(parseTraceparent(EXAMPLE)!)).toBe(EXAMPLE);
  });
  it('of a later version is read by its first four fields', () => {
    expect(parseTraceparent(`${EXAMPLE.replace(/^00/, 'cc')}-what-comes`)?.spanId).toBe('00f067aa0ba902b7');
  });
  it.each([
    undefined,
    '',
    'x',
    EXAMPLE.toUpperCase(),
    EXAMPLE.replace(/^00/, 'ff'),
    `${EXAMPLE}-more`,
    EXAMPLE.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
    EXAMPLE.replace('00f067aa0ba902b7', '0'.repeat(16)),
  ])('damaged %j counts as absent', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });
  it('hands on the sampling decision', () => {
    expect(runInSpan(EXAMPLE.replace(/01$/, '00'), currentSpan)?.traceFlags).toBe(0);
  });
});

describe('context', () => {
  it('follows awaits and keeps concurrent work apart', async () => {
    const read = (traceparent: string) =>
      runInSpan(traceparent, async () => {
        await new Promise((ok) => setImmediate(ok));
        return [currentSpan()?.traceId, parseTraceparent(currentTraceparent())?.traceId];
      });
    const other = EXAMPLE.replace('4bf9', 'ffff');
    const [a, b] = await Promise.all([read(EXAMPLE), read(other)]);
    expect(a).toEqual(Array(2).fill('4bf92f3577b34da6a3ce929d0e0e4736'));
    expect(b).toEqual(Array(2).fill('ffff2f3577b34da6a3ce929d0e0e4736'));
    expect(currentSpan()).toBeUndefined();
  });
  it('begins a trace when the caller has no trace, and gives each call a span of its own', () => {
    const [a, b] = [runInSpan(undefined, currentSpan), runInSpan(undefined, currentSpan)];
    expect(a?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(a?.traceId).not.toBe(b?.traceId);
    expect(runInSpan(EXAMPLE, currentSpan)?.spanId).not.toBe('00f067aa0ba902b7');
  });
});

describe('logger', () => {
  it('writes the trace, the fields, and never a secret', () => {
    const { lines, logger } = capture();
    runInSpan(EXAMPLE, () => {
      runWithFields({ team_id: 't' }, () => {
        runWithFields({ job_id: 'j' }, () => {
          logger.info({ token: 'abc', call: { authorization: 'Bearer x' } }, 'hello');
        });
      });
    });
    expect(lines[0]).toMatchObject({
      level: 'info',
      service: 'test',
      msg: 'hello',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      team_id: 't',
      job_id: 'j',
      token: '[redacted]',
      call: { authorization: '[redacted]' },
    });
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
  it('shows the chain of causes', () => {
    const { lines, logger } = capture();
    logger.error({ err: new Error('outer', { cause: new Error('inner', { cause: 'text' }) }) }, 'failed');
    expect(lines[0]?.['err']).toMatchObject({ message: 'outer', cause: { message: 'inner', cause: 'text' } });
  });
  it('takes the lines of Nest', () => {
    const { lines, logger } = capture();
    new NestLogger(logger).error('broke', 'the stack', 'Injector');
    expect(lines[0]).toMatchObject({ level: 'error', msg: 'broke', stack: 'the stack', context: 'Injector' });
  });
});
