import { Command } from 'commander';
import type { Finding, FindingState } from '../doctor/finding.js';
import type { EngineSurvey } from '../doctor/engine/engine-survey.js';
import type { Subject } from '../doctor/subject.js';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function doctorCommand(): Command {
  return withClusterFlag(new Command('doctor'))
    .description(
      'find what is wrong in an installation: that of the data directory, of the settings NOEMA_… in ' +
        'the environment, or behind --url; and what this machine has to run models, how fast it is and ' +
        'which to use',
    )
    .option('--quick', 'skip the measurement, which takes five seconds per engine backend')
    .action(
      action(async (context: CommandContext, options: { readonly quick?: boolean }) => {
        const { terminal } = context;
        const { examine } = await import('../doctor/doctor.js');
        const { engineFinding, surveyEngine } = await import('../doctor/engine/engine-survey.js');
        const { walkProbe } = await import('../doctor/engine/walk.speed.js');
        const subject = await readSubject(context);
        const looked = await examine(subject);
        if (options.quick !== true) terminal.note('measuring the engine …');
        // Afterwards, so that nothing else takes the processor from it.
        const engine = await surveyEngine(
          await walkProbe({ isQuick: options.quick === true }),
          subject.engineBackend,
        );
        const findings = [...looked, engineFinding(engine, subject.engineBackend)];
        terminal.document({ healthy: !findings.some(({ state }) => state === 'fail'), findings, engine });
        const mark = {
          ok: terminal.color.green('ok  '),
          warn: terminal.color.yellow('warn'),
          fail: terminal.color.red('FAIL'),
          skipped: terminal.color.dim('–   '),
        } satisfies Record<FindingState, string>;
        const width = Math.max(...findings.map(({ check }) => check.length));
        for (const { check, state, found, advice } of findings) {
          terminal.line(`${mark[state]} ${check.padEnd(width)}  ${found}`);
          if (advice !== '') terminal.line(`     ${' '.repeat(width)}  → ${advice}`);
        }
        terminal.line(summary(findings));
        terminal.line(engineLine(engine));
        // A check that timed out may still hold a connection, and must not block the exit.
        process.exit(findings.some(({ state }) => state === 'fail') ? 1 : 0);
      }),
    );
}

/** Settings of a service or a URL say that the installation is elsewhere. */
async function readSubject({ options, directory }: CommandContext): Promise<Subject> {
  const gateway =
    options.url === undefined ? undefined : { url: options.url.replace(/\/$/, ''), apiKey: options.key };
  const elsewhere =
    gateway !== undefined ||
    ['NOEMA_DATABASE_URL', 'NOEMA_DATABASE_ADMIN_URL', 'NOEMA_SERVICES'].some(
      (name) => process.env[name] !== undefined || process.env[`${name}_FILE`] !== undefined,
    );
  if (elsewhere)
    return (await import('../doctor/subject.of-environment.js')).subjectOfEnvironment(process.env, gateway);
  return (await import('../doctor/subject.of-directory.js')).subjectOfDirectory(
    directory,
    process.env['NOEMA_ENGINE_BACKEND'] ?? 'cpu',
  );
}

/** The setting to use, and what was the reason where a backend is not here. */
function engineLine({ backends, setting }: EngineSurvey): string {
  const missing = backends.flatMap(({ backend, missing: away, failure }) =>
    (away ?? failure) === undefined ? [] : [`  ${backend}: ${away ?? failure}`],
  );
  return [
    setting === undefined ? 'engine: nothing of what is set is on this machine' : `engine: use ${setting}`,
    ...missing,
  ].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (state: FindingState): number => findings.filter((f) => f.state === state).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} broken`;
}
