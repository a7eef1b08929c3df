import { Command } from 'commander';
import type { Finding, FindingState } from '../doctor/finding.js';
import type { Subject } from '../doctor/subject.js';
import type { CommandContext } from './command-context.js';
import { action } from './runner.js';
import { withClusterFlag } from './up.command.js';

export function doctorCommand(): Command {
  return withClusterFlag(new Command('doctor')).description('find what is wrong in an installation: that of the data directory, of the settings NOEMA_… in the environment, or behind --url')
    .action(action(async (context: CommandContext) => {
      const { terminal } = context;
      const { examine } = await import('../doctor/doctor.js');
      const findings = await examine(await subjectOf(context));
      terminal.document({ healthy: !findings.some(({ state }) => state === 'fail'), findings });
      const mark = { ok: terminal.color.green('ok  '), warn: terminal.color.yellow('warn'), fail: terminal.color.red('FAIL'), skipped: terminal.color.dim('–   ') } satisfies Record<FindingState, string>;
      const width = Math.max(...findings.map(({ check }) => check.length));
      for (const { check, state, found, advice } of findings) {
        terminal.line(`${mark[state]} ${check.padEnd(width)}  ${found}`);
        if (advice !== '') terminal.line(`     ${' '.repeat(width)}  → ${advice}`);
      }
      terminal.line(summary(findings));
      // What did not answer in time may still hold a connection, and must not hold us.
      process.exit(findings.some(({ state }) => state === 'fail') ? 1 : 0);
    }));
}

/** Settings of a service or a URL say that the installation is elsewhere. */
async function subjectOf({ options, directory }: CommandContext): Promise<Subject> {
  const gateway = options.url === undefined ? undefined : { url: options.url.replace(/\/$/, ''), apiKey: options.key };
  const elsewhere = gateway !== undefined || ['NOEMA_DATABASE_URL', 'NOEMA_DATABASE_ADMIN_URL', 'NOEMA_SERVICES'].some((name) => process.env[name] !== undefined || process.env[`${name}_FILE`] !== undefined);
  if (elsewhere) return (await import('../doctor/subject.of-environment.js')).subjectOfEnvironment(process.env, gateway);
  return (await import('../doctor/subject.of-directory.js')).subjectOfDirectory(directory, process.env['NOEMA_ENGINE_BACKEND'] ?? 'cpu');
}

function summary(findings: readonly Finding[]): string {
  const count = (state: FindingState): number => findings.filter((f) => f.state === state).length;
  return `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} broken`;
}
